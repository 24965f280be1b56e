import type { ComponentChildren, ComponentProps } from "preact";
import { Fault, renderPage } from "./layout.tsx";
import type { Frame } from "./steps.ts";

type FormProps = {
  action: string;
  formToken: string;
  button: string;
  isSecond?: boolean;
  children?: ComponentChildren;
};

/** A form with a token that proves that it comes from our own page. */
export function Form({ action, formToken, button, isSecond = false, children }: FormProps) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="form_token" value={formToken} />
      {children}
      <button class={isSecond ? undefined : "primary"} type="submit">
        {button}
      </button>
    </form>
  );
}

type StepPage = {
  frame: Frame;
  title: string;
  description?: string | undefined;
  fault: string | undefined;
  button: string;
  fields: ComponentChildren;
  below?: ComponentChildren;
};

/** Renders a page after the first one: a form, and the alternatives below it. */
export function renderStepPage(page: StepPage): string {
  const { title, description, fault, button, fields, below } = page;
  const { action, formToken } = page.frame;
  return renderPage({
    title,
    children: (
      <>
        {description === undefined ? null : <p>{description}</p>}
        <Fault message={fault} />
        <Form {...{ action, formToken, button }}>{fields}</Form>
        {below}
      </>
    ),
  });
}

type TextFieldProps = ComponentProps<"input"> & { name: string; label: string };

export function TextField({ label, ...input }: TextFieldProps) {
  return (
    <>
      <label for={input.name}>{label}</label>
      <input
        id={input.name}
        autocapitalize="none"
        spellcheck={false}
        required
        autofocus={!input.value}
        {...input}
      />
    </>
  );
}
