import { hasPermission, refuseExclusion, roles, rolesToGiveByRule } from "../access/roles.ts";
import { withQuery } from "../http/with-query.ts";
import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { RoleField } from "../views/role-field.tsx";
import type { ListedMember } from "./member-list.ts";
import { type MembersPageQuery, type SelectionAct, writeFilters } from "./schema.ts";

const formId = "selection";

/** Whether the actor may change a member together with others. */
export function maySelect(actor: Member, member: ListedMember): boolean {
  const self = { userId: actor.user.id, role: actor.role };
  return hasPermission(actor.role, "member:update") && refuseExclusion(self, member) === null;
}

interface SelectionBoxProps {
  userId: string;
  name: string;
  isChecked: boolean;
}

/** A selection that was sent and comes back: as it was sent. */
export type SentSelection = Readonly<Record<string, unknown>>;

/** Whether a selection that was sent has this member. */
export function isSelected(sent: SentSelection | undefined, userId: string): boolean {
  return [sent?.["userId"]].flat().includes(userId);
}

/** The box in a member's row. */
export function SelectionBox({ userId, name, isChecked }: SelectionBoxProps) {
  return (
    <input
      type="checkbox"
      class="checkbox mt-2.5"
      form={formId}
      name="userId"
      value={userId}
      checked={isChecked}
      aria-label={`Select ${name}`}
    />
  );
}

interface SelectionFormProps {
  actor: Member;
  query: MembersPageQuery;
  sent: SentSelection | undefined;
}

/** The buttons for the members whose boxes are checked. */
export function SelectionForm({ actor, query, sent }: SelectionFormProps) {
  return (
    <form
      id={formId}
      class="grid items-end gap-4 rounded-box border border-base-300 bg-base-100 p-4 sm:grid-cols-[11rem_auto_1fr] sm:px-6"
      method="post"
      action={withQuery(formAction(actor, "members/selection"), writeFilters(query))}
      aria-label="Selected people"
    >
      <p class="text-base-content/75 sm:col-span-3">
        Select people in the list, then choose what to change for all of them.
      </p>
      <RoleField
        id="selection-role"
        label="New role"
        labelDetail="of the selected people"
        roles={rolesToGiveByRule(actor)}
        value={roles.find((role) => role === sent?.["role"]) ?? "member"}
      />
      <ActButton act="role" label="Change role" />
      <div class="flex flex-wrap items-end gap-4 sm:justify-end">
        <ActButton act="suspend" label="Suspend" />
        <ActButton act="restore" label="Restore" />
        <details class="max-sm:w-full">
          <summary class="btn btn-outline text-base max-sm:w-full">Remove…</summary>
          <div class="mt-3">
            <ActButton act="remove" label="Yes, remove them" tone="btn-error" />
          </div>
        </details>
      </div>
    </form>
  );
}

interface ActButtonProps {
  act: SelectionAct;
  label: string;
  tone?: "btn-outline" | "btn-error";
}

function ActButton({ act, label, tone = "btn-outline" }: ActButtonProps) {
  return (
    <button type="submit" class={`btn submit ${tone}`} name="act" value={act}>
      {label}
    </button>
  );
}
