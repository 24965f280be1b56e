import type { ComponentChildren } from "preact";

import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { displayName, showEmail } from "../identity/display-name.ts";
import { withQuery } from "../http/with-query.ts";
import { Avatar } from "../views/avatar.tsx";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { ApplicationBadge, RoleBadge, SuspendedBadge } from "../views/role-badge.tsx";
import { RoleField } from "../views/role-field.tsx";
import type { ListedMember } from "./member-list.ts";
import { hasPermission, refuseExclusion, refuseRole, rolesToGive } from "../access/roles.ts";
import { type MembersPageQuery, writeFilters } from "./schema.ts";

interface MemberRowProps {
  actor: Member;
  member: ListedMember;
  /** What the page shows, so that a form leads back to it. */
  query: MembersPageQuery;
}

type ActProps = { member: ListedMember; name: string; isSelf: boolean; post(path: string): string };

/** A member, and behind "Manage" what the person reading may do about them. */
export function MemberRow({ actor, member, query }: MemberRowProps) {
  const name = displayName(member);
  const isSelf = member.userId === actor.user.id;
  const acts = listActs(actor, {
    member,
    name,
    isSelf,
    post: (path) => withQuery(formAction(actor, path), writeFilters(query)),
  });
  return (
    <li class="relative px-4 py-4 sm:px-6">
      <div class={`flex items-start gap-4 ${acts.length > 0 ? "pe-9 sm:pe-25" : ""}`}>
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
              .map((text) => (
                <>{text} · </>
              ))}
            <span class="whitespace-nowrap">
              since <DateText date={member.joinedAt} />
            </span>
          </p>
        </div>
      </div>
      {acts.length > 0 && (
        <details class="group">
          <summary class="btn btn-ghost absolute end-1.5 top-3 gap-1 px-3 sm:end-4">
            <span class="max-sm:sr-only">Manage</span>
            <span class="sr-only"> {isSelf ? "your own membership" : name}</span>
            <Icon name="chevronDown" class="size-4 opacity-70 group-open:rotate-180" />
          </summary>
          <div class="mt-4 grid items-start gap-x-8 gap-y-6 border-t border-base-300 pt-5 pb-2 sm:grid-cols-2 lg:grid-cols-3">
            {acts}
          </div>
        </details>
      )}
    </li>
  );
}

function listActs(actor: Member, act: ActProps): ComponentChildren[] {
  const { member, isSelf } = act;
  const asker = { userId: actor.user.id, role: actor.role };
  const given = rolesToGive(actor, member);
  const mayExclude = refuseExclusion(asker, member) === null;
  return [
    hasPermission(actor.role, "member:update") &&
      refuseRole(asker, member, member.role) === null && (
        <ChangeRole key="role" {...act} roles={given} />
      ),
    hasPermission(actor.role, "member:suspend") && mayExclude && <Suspend key="suspend" {...act} />,
    hasPermission(actor.role, "member:remove") && mayExclude && <Remove key="remove" {...act} />,
    isSelf && <Leave key="leave" post={act.post} organization={actor.organization.name} />,
  ].filter(Boolean);
}

function ChangeRole({
  member,
  name,
  isSelf,
  post,
  roles,
}: ActProps & { roles: ListedMember["role"][] }) {
  return (
    <form class="grid gap-3" method="post" action={post(`members/${member.userId}/role`)}>
      <RoleField
        id={`role-${member.userId}`}
        labelDetail={`of ${name}`}
        roles={roles}
        value={member.role}
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

function Remove({ member, name, post }: ActProps) {
  return (
    <div class="grid gap-3">
      <p class="font-semibold">Remove</p>
      <p class="text-sm text-base-content/75">
        Their membership ends at once. What they made here stays.
      </p>
      <details>
        <summary class="btn btn-outline text-base max-sm:w-full">
          Remove…<span class="sr-only"> {name}</span>
        </summary>
        <form class="mt-3" method="post" action={post(`members/${member.userId}/removal`)}>
          <SubmitButton tone="danger">
            <span class="break-name">Yes, remove {name}</span>
          </SubmitButton>
        </form>
      </details>
    </div>
  );
}

function Leave({ post, organization }: Pick<ActProps, "post"> & { organization: string }) {
  return (
    <div class="grid gap-3">
      <p class="font-semibold">Leave this organization</p>
      <p class="text-sm text-base-content/75">
        Your membership ends at once. To come back, somebody here has to let you in again.
      </p>
      <details>
        <summary class="btn btn-outline text-base max-sm:w-full">Leave…</summary>
        <form class="mt-3" method="post" action={post("departure")}>
          <SubmitButton tone="danger">
            <span class="break-name">Yes, leave {organization}</span>
          </SubmitButton>
        </form>
      </details>
    </div>
  );
}
