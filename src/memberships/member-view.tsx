import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { displayName, showEmail } from "../identity/display-name.ts";
import { withQuery } from "../http/with-query.ts";
import { Avatar } from "../views/avatar.tsx";
import { RelativeTime } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { ApplicationBadge, RoleBadge, SuspendedBadge } from "../views/role-badge.tsx";
import { RoleField } from "../views/role-field.tsx";
import type { ListedMember } from "./member-list.ts";
import { hasPermission, refuseExclusion, refuseRole, rolesToGive } from "../access/roles.ts";
import { membersPath } from "./paths.ts";
import { type MembersPageQuery, writeFilters } from "./schema.ts";
import { isSelected, maySelect, SelectionBox, type SentSelection } from "./selection-view.tsx";

interface MemberRowProps {
  actor: Member;
  member: ListedMember;
  /** The query of the page: its forms lead back there. */
  query: MembersPageQuery;
  /** The role that the person chose in a form that comes back. */
  chosen?: ChosenRole | undefined;
  sent?: SentSelection | undefined;
}

/** A role that was chosen for a member and is not theirs yet, as it was sent. */
export type ChosenRole = { userId: string; role: unknown };

type ActProps = {
  member: ListedMember;
  name: string;
  isSelf: boolean;
  chosen: ChosenRole | undefined;
  post(path: string): string;
};

/**
 * A member. "Manage" opens the same page with the acts that the actor may do to them: a page with the acts for everybody
 * would be three times as large.
 */
export function MemberRow({ actor, member, query, chosen, sent }: MemberRowProps) {
  const name = displayName(member);
  const isSelf = member.userId === actor.user.id;
  const acts = listActs(actor, member);
  const isOpen = query.manage === member.userId;
  return (
    <li class="relative px-4 py-4 sm:px-6" id={isOpen ? "manage" : undefined}>
      <div class={`flex items-start gap-4 ${acts.length > 0 ? "pe-9 sm:pe-25" : ""}`}>
        {maySelect(actor, member) && (
          <SelectionBox
            userId={member.userId}
            name={name}
            isChecked={isSelected(sent, member.userId)}
          />
        )}
        <Avatar name={name} imageUrl={member.avatarUrl} />
        <div class="min-w-0 flex-1">
          <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span class="break-name font-semibold">{name}</span>
            <RoleBadge role={member.role} />
            {member.isMachine && <ApplicationBadge />}
            {isSelf && <span class="text-sm text-base-content/75">you</span>}
            {member.isSuspended && <SuspendedBadge />}
          </p>
          <p class="break-name mt-0.5 text-sm text-base-content/75">
            {[
              member.email && showEmail(member.email, { isVerified: member.emailVerified }),
              member.username && `@${member.username}`,
            ]
              .filter((text) => text && text !== name)
              .map((text) => `${text}\u00a0· `)}
            <span class="whitespace-nowrap">
              joined <RelativeTime date={member.joinedAt} />
            </span>
          </p>
        </div>
      </div>
      {acts.length > 0 && (
        <a
          class="btn btn-ghost manage"
          href={membersPath(actor.organization, {
            ...query,
            manage: isOpen ? undefined : member.userId,
          })}
        >
          <span class="max-sm:sr-only">{isOpen ? "Close" : "Manage"}</span>
          <span class="sr-only"> {isSelf ? "your own membership" : name}</span>
          <Icon
            name="chevronDown"
            class={isOpen ? "size-4 rotate-180 opacity-70" : "size-4 opacity-70"}
          />
        </a>
      )}
      {isOpen && acts.length > 0 && (
        <div class="mt-4 grid items-start gap-x-8 gap-y-6 border-t border-base-300 pt-5 pb-2 sm:grid-cols-2 lg:grid-cols-3">
          <Acts
            acts={acts}
            actor={actor}
            member={member}
            name={name}
            isSelf={isSelf}
            chosen={chosen}
            post={(path) => withQuery(formAction(actor, path), writeFilters(query))}
          />
        </div>
      )}
    </li>
  );
}

type Act = "role" | "suspend" | "remove" | "leave" | "only-owner";

/** Lists the acts that the actor may do to a member. */
function listActs(actor: Member, member: ListedMember): Act[] {
  const self = { userId: actor.user.id, role: actor.role };
  const mayExclude = refuseExclusion(self, member) === null;
  const isStuck = member.userId === self.userId && member.isOnlyOwner;
  const acts: Record<Act, boolean> = {
    role:
      hasPermission(actor.role, "member:update") &&
      refuseRole(self, member, member.role) === null &&
      !isStuck,
    suspend: hasPermission(actor.role, "member:suspend") && mayExclude,
    remove: hasPermission(actor.role, "member:remove") && mayExclude,
    leave: member.userId === self.userId && !isStuck,
    "only-owner": isStuck,
  };
  return (["role", "suspend", "remove", "leave", "only-owner"] as const).filter((act) => acts[act]);
}

function Acts({ acts, actor, ...act }: ActProps & { acts: readonly Act[]; actor: Member }) {
  const { member, name, post } = act;
  return (
    <>
      {acts.includes("role") && <ChangeRole {...act} roles={rolesToGive(actor, member)} />}
      {acts.includes("suspend") && <Suspend {...act} />}
      {acts.includes("remove") && (
        <ConfirmedAct
          title="Remove"
          text="Their membership ends at once. What they made here stays."
          label="Remove…"
          labelDetail={name}
          action={post(`members/${member.userId}/removal`)}
          confirmation={`Yes, remove ${name}`}
        />
      )}
      {acts.includes("leave") && (
        <ConfirmedAct
          title="Leave this organization"
          text="Your membership ends at once. To come back, someone here has to let you in again."
          label="Leave…"
          action={post("departure")}
          confirmation={`Yes, leave ${actor.organization.name}`}
        />
      )}
      {acts.includes("only-owner") && (
        <div class="grid gap-3">
          <p class="font-semibold">You are the only owner</p>
          <p class="text-sm text-base-content/75">
            To leave or to take another role, make someone else an owner first.
          </p>
        </div>
      )}
    </>
  );
}

function ChangeRole({
  member,
  name,
  isSelf,
  chosen,
  post,
  roles,
}: ActProps & { roles: ListedMember["role"][] }) {
  return (
    <form class="grid gap-3" method="post" action={post(`members/${member.userId}/role`)}>
      <RoleField
        id={`role-${member.userId}`}
        labelDetail={`of ${name}`}
        roles={roles}
        value={roles.find((role) => role === chosen?.role) ?? member.role}
        {...(isSelf && { hint: "You can lower your own role, but not raise it again." })}
      />
      <div>
        <SubmitButton tone="plain">
          Change role<span class="sr-only"> of {name}</span>
        </SubmitButton>
      </div>
    </form>
  );
}

function Suspend({ member, name, post }: ActProps) {
  const { userId, isSuspended } = member;
  return (
    <form
      class="grid gap-3"
      method="post"
      action={post(`members/${userId}/${isSuspended ? "reinstatement" : "suspension"}`)}
    >
      <p class="font-semibold">{isSuspended ? "Restore access" : "Suspend"}</p>
      <p class="text-sm text-base-content/75">
        {isSuspended
          ? "They can open everything again that their role allows."
          : "They stay a member, but can open nothing here until you restore their access."}
      </p>
      <div>
        <SubmitButton tone="plain">
          <span class="break-name">
            {isSuspended ? "Restore" : "Suspend"} {name}
          </span>
        </SubmitButton>
      </div>
    </form>
  );
}

interface ConfirmedActProps {
  title: string;
  text: string;
  label: string;
  /** The rest of the label, for screen readers. */
  labelDetail?: string;
  action: string;
  confirmation: string;
}

/** An act whose button appears only after a first one. */
function ConfirmedAct(props: ConfirmedActProps) {
  const { title, text, label, labelDetail, action, confirmation } = props;
  return (
    <div class="grid gap-3">
      <p class="font-semibold">{title}</p>
      <p class="text-sm text-base-content/75">{text}</p>
      <details>
        <summary class="btn btn-outline text-base max-sm:w-full">
          {label}
          {labelDetail !== undefined && <span class="sr-only"> {labelDetail}</span>}
        </summary>
        <form class="mt-3" method="post" action={action}>
          <SubmitButton tone="danger">
            <span class="break-name">{confirmation}</span>
          </SubmitButton>
        </form>
      </details>
    </div>
  );
}
