import type { ComponentChildren } from "preact";
import { Alert } from "./alert.tsx";
import { Icon } from "./icon.tsx";

/** The faults of a form, by field name, as the validation of the request reports them. */
export type FormErrors = Readonly<Record<string, readonly string[]>>;

interface FieldProps {
  name: string;
  label: string;
  type?: "text" | "email";
  value?: string;
  hint?: string;
  errors?: readonly string[] | undefined;
  required?: boolean;
  maxLength?: number;
  autoComplete?: string;
}

/**
 * One labelled text field. A fault stands beside the field, is announced with it (`aria-describedby`, `aria-invalid`),
 * keeps what was typed, and takes the focus when the page comes back (WCAG 3.3.1).
 */
export function Field(props: FieldProps) {
  const { name, label, type = "text", value = "", hint, errors = [], autoComplete = "off" } = props;
  const id = `field-${name}`;
  const isInvalid = errors.length > 0;
  const describedBy = [hint && `${id}-hint`, isInvalid && `${id}-error`].filter(Boolean).join(" ");
  const attributes = {
    id,
    class: "input w-full text-base",
    name,
    value,
    required: props.required ?? false,
    autocomplete: autoComplete,
    autofocus: isInvalid,
    ...(props.maxLength === undefined ? {} : { maxlength: props.maxLength }),
    ...(isInvalid ? { "aria-invalid": true } : {}),
    ...(describedBy ? { "aria-describedby": describedBy } : {}),
  };
  return (
    <div class="grid gap-2">
      <label class="break-name font-semibold" for={id}>
        {label}
      </label>
      {type === "email" ? (
        <input type="email" {...attributes} />
      ) : (
        <input type="text" {...attributes} />
      )}
      {isInvalid && <FieldErrors id={`${id}-error`} errors={errors} />}
      {hint && (
        <p id={`${id}-hint`} class="text-sm text-base-content/75">
          {hint}
        </p>
      )}
    </div>
  );
}

interface SelectFieldProps {
  name: string;
  label: string;
  /** Says more to a screen reader, where the label alone stands for many alike. */
  labelDetail?: string;
  options: readonly { value: string; label: string }[];
  value?: string;
  hint?: string;
  errors?: readonly string[] | undefined;
  /** Where a page has several of one name. */
  id?: string;
}

/** One labelled choice among a few. */
export function SelectField(props: SelectFieldProps) {
  const { name, label, labelDetail, options, value, hint, errors = [] } = props;
  const id = props.id ?? `field-${name}`;
  const isInvalid = errors.length > 0;
  const describedBy = [hint && `${id}-hint`, isInvalid && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="grid gap-2">
      <label class="font-semibold" for={id}>
        {label}
        {labelDetail && <span class="sr-only"> {labelDetail}</span>}
      </label>
      <select
        id={id}
        class="select w-full text-base"
        name={name}
        {...(isInvalid ? { "aria-invalid": true } : {})}
        {...(describedBy ? { "aria-describedby": describedBy } : {})}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      {isInvalid && <FieldErrors id={`${id}-error`} errors={errors} />}
      {hint && (
        <p id={`${id}-hint`} class="text-sm text-base-content/75">
          {hint}
        </p>
      )}
    </div>
  );
}

function FieldErrors({ id, errors }: { id: string; errors: readonly string[] }) {
  return (
    <div id={id} class="grid gap-1 text-sm font-semibold text-error">
      {errors.map((error) => (
        <p key={error} class="flex items-start gap-1.5">
          <Icon name="octagonAlert" class="mt-0.5 size-4" />
          <span class="break-name">
            <span class="sr-only">Error: </span>
            {error}
          </span>
        </p>
      ))}
    </div>
  );
}

/** Faults that belong to none of the form's fields (`fields`), so that none is ever swallowed. */
export function FormAlert({ errors, fields }: { errors: FormErrors; fields: readonly string[] }) {
  const others = Object.entries(errors).flatMap(([field, messages]) =>
    fields.includes(field) ? [] : messages,
  );
  if (others.length === 0) return null;
  return (
    <Alert kind="error">
      {others.map((message) => (
        <p key={message}>{message}</p>
      ))}
    </Alert>
  );
}

const tones = { primary: "btn-primary", plain: "btn-outline", danger: "btn-error" } as const;

interface SubmitButtonProps {
  children: ComponentChildren;
  tone?: keyof typeof tones;
}

/** Sends its form: the one thing to do there (`primary`), or one among others (`plain`), or what cannot be undone (`danger`). */
export function SubmitButton({ children, tone = "primary" }: SubmitButtonProps) {
  return (
    // As high as its words need: some have a name in them.
    <button
      type="submit"
      class={`btn h-auto min-h-(--size) py-1.5 text-base max-sm:w-full ${tones[tone]}`}
    >
      {children}
    </button>
  );
}
