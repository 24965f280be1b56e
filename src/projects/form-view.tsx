import type { VNode } from "preact";

import { ProjectStatus } from "../database/generated/client.ts";
import { writeField } from "../http/form-fields.ts";
import { longestName } from "../http/name-field.ts";
import {
  Field,
  type FilledForm,
  FormAlert,
  readField,
  SelectField,
  SubmitButton,
} from "../views/form.tsx";
import { nameStatus } from "./fields-view.tsx";
import { type ProjectFields, projectFieldNames } from "./schema.ts";

type Input = { name: string; value: string; errors: readonly string[] | undefined };

/** The input of each field. A column that is missing here does not compile. */
const inputs: Record<keyof ProjectFields, (input: Input) => VNode> = {
  name: (input) => <Field {...input} label="Name" maxLength={longestName} required />,
  status: (input) => (
    <SelectField
      {...input}
      label="Status"
      options={Object.values(ProjectStatus).map((value) => ({ value, label: nameStatus(value) }))}
    />
  ),
  dueDate: (input) => <Field {...input} type="date" label="Due date" hint="Optional." />,
};

/** Fills the form with the values of a project, or with what the person typed. */
export function fillForm(fields: Partial<ProjectFields>): FilledForm {
  const values = projectFieldNames.map((name) => [name, writeField(fields[name] ?? null)]);
  return { values: Object.fromEntries(values), errors: {} };
}

/** The form that creates a project or changes one. */
export function ProjectForm(props: { action: string; form: FilledForm; button: string }) {
  const { action, form, button } = props;
  return (
    <form class="grid gap-5" method="post" action={action}>
      <FormAlert errors={form.errors} fields={projectFieldNames} />
      {projectFieldNames.map((name) =>
        inputs[name]({ name, value: readField(form, name), errors: form.errors[name] }),
      )}
      <div>
        <SubmitButton>{button}</SubmitButton>
      </div>
    </form>
  );
}
