import type { JoinMode } from "../database/generated/client.ts";
import { FormAlert, readField, SelectField } from "../views/form.tsx";
import { nameRole } from "../views/role-badge.tsx";
import { fieldOf, type RoleField, type Rules } from "./rules.ts";
import type { RulesForm } from "./views.tsx";

const modes: { value: JoinMode; label: string }[] = [
  { value: "request", label: "They ask an admin" },
  { value: "offer", label: "They choose to join" },
  { value: "automatic", label: "They join when they sign in" },
];

const roleOptions = [
  ...(["admin", "member", "viewer"] as const).map((role) => ({
    value: role,
    label: nameRole(role),
  })),
  { value: "", label: "Cannot join" },
];

interface RulesFieldsProps {
  rules: Rules;
  /** The form that was sent, with its faults. */
  form: RulesForm | undefined;
  /** Makes the ids of the fields unique on the page. */
  subject: string;
  name: string;
}

/** The fields for how people join, and for what each role at Hugging Face becomes here. */
export function RulesFields({ rules, form, subject, name }: RulesFieldsProps) {
  const field = (key: keyof Rules) => ({
    id: `field-${subject}-${key}`,
    name: key,
    labelDetail: `of ${name}`,
    value: form ? readField(form, key, rules[key] ?? "") : (rules[key] ?? ""),
    errors: form?.errors[key],
  });
  return (
    <>
      <FormAlert errors={form?.errors ?? {}} fields={["mode", ...Object.values(fieldOf)]} />
      <SelectField {...field("mode")} label="How its members join" options={modes} />
      <fieldset>
        <legend class="mb-3 font-semibold">Their roles here</legend>
        <div class="grid gap-4 sm:grid-cols-2">
          {Object.entries(fieldOf).map(([role, key]: [string, RoleField]) => (
            <SelectField
              key={key}
              {...field(key)}
              label={`Hugging Face role: ${role}`}
              options={roleOptions}
            />
          ))}
        </div>
      </fieldset>
    </>
  );
}
