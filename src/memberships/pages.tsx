import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import type { FormErrors } from "../views/form.tsx";
import { leaveOrganization, removeMember, suspendMember } from "./member.ts";
import {
  listMembers,
  type MemberList,
  pageOfMembers,
  readMembers,
  readNames,
} from "./member-list.ts";
import {
  changeRoleAfterReauthentication,
  reinstateAfterReauthentication,
} from "./sensitive-changes.ts";
import {
  memberParams,
  membersPageQuery,
  type MembersPageQuery,
  roleBody,
  selectionBody,
} from "./schema.ts";
import { membersPath } from "./paths.ts";
import { actOnSelection, describeOne } from "./selection.ts";
import { RolesPage } from "./roles-view.tsx";
import { MembersPage } from "./views.tsx";
import type { ChosenRole } from "./member-view.tsx";
import type { SentSelection } from "./selection-view.tsx";

/** The page of an organization's members, and its forms. */
export function memberPages({ database, organizationPage }: PageContext) {
  const list = route({
    method: "GET",
    path: "/o/:slug/members",
    section: people,
    access: "member:read",
    params: organizationParams,
    query: membersPageQuery,
    statuses: [200],
    read: ({ query }) => readMembers(query, { counts: true }),
    handler: async ({ actor, query, rows }) => showList(actor, query, pageOfMembers(rows, query)),
  });

  const role = route({
    method: "POST",
    path: "/o/:slug/members/:userId/role",
    section: people,
    access: "member:update",
    params: memberParams,
    query: membersPageQuery,
    body: roleBody,
    statuses: [303],
    read: ({ params: { userId } }) => readNames([userId]),
    async handler({ actor, params: { userId }, query, body: { role: given }, rows }) {
      await changeRoleAfterReauthentication(database, actor, { userId, role: given });
      return seeOther(membersPath(actor.organization, query), {
        notice: describeOne(rows, { act: "role", role: given }),
      });
    },
    invalid: async ({ actor, params: { userId }, query, values, issues }) =>
      showList(
        actor,
        { ...query, manage: userId },
        await listMembers(database, actor.organization.id, query),
        {
          errors: groupByField(issues),
          chosen: { userId, role: values["role"] },
        },
      ),
  });

  const acts = [
    {
      path: "removal",
      access: "member:remove",
      act: "remove",
      run: removeMember,
    },
    {
      path: "suspension",
      access: "member:suspend",
      act: "suspend",
      run: suspendMember,
    },
    {
      path: "reinstatement",
      access: "member:suspend",
      act: "restore",
      run: reinstateAfterReauthentication,
    },
  ] as const;
  const forms = acts.map(({ path, access, act, run }) =>
    route({
      method: "POST",
      path: `/o/:slug/members/:userId/${path}`,
      access,
      params: memberParams,
      query: membersPageQuery,
      statuses: [303],
      read: ({ params: { userId } }) => readNames([userId]),
      async handler({ actor, params: { userId }, query, rows }) {
        await run(database, actor, { userId });
        return seeOther(membersPath(actor.organization, query), {
          notice: describeOne(rows, { act }),
        });
      },
    }),
  );

  const selection = route({
    method: "POST",
    path: "/o/:slug/members/selection",
    section: people,
    access: "member:update",
    params: organizationParams,
    query: membersPageQuery,
    body: selectionBody,
    statuses: [303],
    async handler({ actor, query, body: { userId: userIds, act, role: given } }) {
      const notice = await actOnSelection(database, actor, { userIds, act, role: given });
      return seeOther(membersPath(actor.organization, query), { notice });
    },
    invalid: async ({ actor, query, values, issues }) =>
      showList(
        actor,
        query,
        await listMembers(database, actor.organization.id, query),
        // The boxes are no field with a label that a sentence could name.
        { errors: groupByField(issues.map((issue) => ({ ...issue, field: "" }))), sent: values },
      ),
  });

  const departure = route({
    method: "POST",
    path: "/o/:slug/departure",
    access: "organization:leave",
    params: organizationParams,
    statuses: [303],
    async handler({ actor }) {
      await leaveOrganization(database, actor);
      return seeOther("/organizations", { notice: `You left ${actor.organization.name}.` });
    },
  });

  const rolesTable = route({
    method: "GET",
    path: "/o/:slug/roles",
    section: people,
    access: "member:read",
    params: organizationParams,
    statuses: [200],
    handler: async ({ actor }) =>
      organizationPage(actor, { title: "Roles", section: "Members" }, <RolesPage actor={actor} />),
  });

  function showList(
    actor: Member,
    query: MembersPageQuery,
    { members, next, counts }: MemberList,
    form?: MemberForm,
  ) {
    return organizationPage(
      actor,
      { title: "Members", section: "Members", status: form ? 422 : 200 },
      <MembersPage
        actor={actor}
        members={members}
        next={next}
        counts={counts}
        query={query}
        errors={form?.errors ?? {}}
        chosen={form?.chosen}
        sent={form?.sent}
      />,
    );
  }

  return [list, role, ...forms, selection, departure, rolesTable];
}

/** A form that comes back: its faults, and the role that was chosen for one member. */
type MemberForm = { errors: FormErrors; chosen?: ChosenRole; sent?: SentSelection };
