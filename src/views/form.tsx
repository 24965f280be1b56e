import { type ComponentChildren, h, type HTMLAttributes } from "preact";
import { Alert } from "./alert.tsx";
import { Icon } from "./icon.tsx";

/** The faults of a form by field name, as the validation of the request reports them. */
export type FormErrors = Readonly<Record<string, readonly string[]>>;

/** @public The typed values of a form, and its faults. */
export type FilledForm = { values: Readonly<Record<string, unknown>>; errors: FormErrors };

/** @public The value that a field shows when its form comes back. */
export function readField({ values }: FilledForm, field: string, preset = ""): string {
  const value = values[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : preset;
}

interface LabelledProps {
  id: string;
  label: string;
  /** Tells a screen reader more, where several fields have the same label. */
  labelDetail?: string;
  hint?: string | undefined;
  errors?: readonly string[] | undefined;
}

interface FieldProps extends Omit<LabelledProps, "id" | "labelDetail"> {
  name: string;
  type?: "text" | "email" | "date" | "number" | "url";
  value?: string;
  required?: boolean;
  maxLength?: number;
  autoComplete?: string;
}

/** A text field with a label. It keeps the typed value, and takes the focus when the page comes back with a fault. */
export function Field(props: FieldProps) {
  const { name, type = "text", value = "", errors = [], autoComplete = "off" } = props;
  const id = `field-${name}`;
  const attributes = {
    class: "input w-full text-base",
    name,
    value,
    required: props.required ?? false,
    autocomplete: autoComplete,
    autofocus: errors.length > 0,
    ...(props.maxLength === undefined ? {} : { maxlength: props.maxLength }),
  };
  return (
    <Labelled {...props} id={id}>
      {(described) => h("input", { type, ...described, ...attributes })}
    </Labelled>
  );
}

interface FileInputProps extends Omit<LabelledProps, "id" | "labelDetail"> {
  name: string;
  /** The types that the browser offers. */
  accept: string;
}

/** A file to choose. No browser keeps the choice when the page comes back: the person chooses again. */
export function FileInput(props: FileInputProps) {
  const { name, accept, errors = [] } = props;
  return (
    <Labelled {...props} id={`field-${name}`}>
      {(described) => (
        <input
          type="file"
          class="file-input w-full text-base"
          name={name}
          accept={accept}
          autofocus={errors.length > 0}
          required
          {...described}
        />
      )}
    </Labelled>
  );
}

interface TextAreaProps extends Omit<LabelledProps, "id" | "labelDetail"> {
  name: string;
  value: string;
  rows: number;
  maxLength: number;
  required?: boolean;
}

/** @public Several lines of text. */
export function TextAreaField(props: TextAreaProps) {
  const { name, value, rows, maxLength, required = true, errors = [] } = props;
  return (
    <Labelled {...props} id={`field-${name}`}>
      {(described) => (
        <textarea
          class="textarea w-full text-base"
          name={name}
          rows={rows}
          maxlength={maxLength}
          spellcheck={false}
          autofocus={errors.length > 0}
          required={required}
          {...described}
        >
          {value}
        </textarea>
      )}
    </Labelled>
  );
}

interface SelectFieldProps extends Omit<LabelledProps, "id"> {
  name: string;
  options: readonly { value: string; label: string }[];
  value?: string;
  /** For a page with several fields of one name. */
  id?: string;
}

/** A choice among a few options, with a label. */
export function SelectField(props: SelectFieldProps) {
  const { name, options, value } = props;
  return (
    <Labelled {...props} id={props.id ?? `field-${name}`}>
      {(described) => (
        <select class="select w-full text-base" name={name} {...described}>
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

interface CheckboxFieldProps extends Omit<LabelledProps, "id"> {
  name: string;
  /** Browsers send "on" for a checked box. */
  value: string;
}

/** A checkbox with its label beside it. */
export function CheckboxField(props: CheckboxFieldProps) {
  const { name, value, errors = [] } = props;
  return (
    <Labelled {...props} id={`field-${name}`} isBeside>
      {(described) => (
        <input
          type="checkbox"
          class="checkbox"
          name={name}
          checked={value === "on"}
          autofocus={errors.length > 0}
          {...described}
        />
      )}
    </Labelled>
  );
}

type Described = Pick<HTMLAttributes, "id" | "aria-invalid" | "aria-describedby">;

/** A control with its label, hint and faults. A screen reader announces them together (WCAG 3.3.1). */
function Labelled(
  props: LabelledProps & {
    /** The label is to the right of its control, not above it. */
    isBeside?: boolean;
    children: (described: Described) => ComponentChildren;
  },
) {
  const { id, label, labelDetail, hint, errors = [], isBeside = false, children } = props;
  const isInvalid = errors.length > 0;
  const describedBy = [hint && `${id}-hint`, isInvalid && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="grid gap-2">
      <div class={isBeside ? "flex flex-row-reverse items-center justify-end gap-3" : "grid gap-2"}>
        <label class="break-name font-semibold" for={id}>
          {label}
          {labelDetail && <span class="sr-only"> {labelDetail}</span>}
        </label>
        {children({
          id,
          ...(isInvalid && { "aria-invalid": true }),
          ...(describedBy && { "aria-describedby": describedBy }),
        })}
      </div>
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

/** Shows the faults of fields that the form does not have (not in `fields`), with the field's name, so that none is lost. */
export function FormAlert({ errors, fields }: { errors: FormErrors; fields: readonly string[] }) {
  const others = Object.entries(errors).flatMap(([field, messages]) =>
    fields.includes(field) ? [] : messages.map((message) => describeFault(field, message)),
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

/** The text of a fault that is not shown beside its field: it names the field. */
export function describeFault(field: string, message: string): string {
  return field === "" || message.includes(field) ? message : `${field}: ${message}`;
}

const tones = { primary: "btn-primary", plain: "btn-outline", danger: "btn-error" } as const;

interface SubmitButtonProps {
  children: ComponentChildren;
  tone?: keyof typeof tones;
}

/** Sends its form: the main action (`primary`), one among others (`plain`), or one that cannot be undone (`danger`). */
export function SubmitButton({ children, tone = "primary" }: SubmitButtonProps) {
  return (
    // A text with a name in it may need more than one line.
    <button type="submit" class={`btn submit ${tones[tone]}`}>
      {children}
    </button>
  );
}
