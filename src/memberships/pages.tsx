import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import type { FormErrors } from "../views/form.tsx";
import { leaveOrganization, removeMember, suspendMember } from "./member.ts";
import {
  listMembers,
  type MemberList,
  type NamedMember,
  pageOfMembers,
  readMember,
  readMembers,
} from "./member-list.ts";
import {
  changeRoleAfterReauthentication,
  reinstateAfterReauthentication,
} from "./sensitive-changes.ts";
import { memberParams, membersPageQuery, type MembersPageQuery, roleBody } from "./schema.ts";
import { membersPath } from "./paths.ts";
import { RolesPage } from "./roles-view.tsx";
import { MembersPage } from "./views.tsx";
import type { ChosenRole } from "./member-view.tsx";
import { displayName } from "../identity/display-name.ts";
import { roleWithArticle } from "../views/role-badge.tsx";

/** The page of an organization's members, and its forms. */
export function memberPages({ database, organizationPage }: PageContext) {
  const list = route({
    method: "GET",
    path: "/o/:slug/members",
    access: "member:read",
    params: organizationParams,
    query: membersPageQuery,
    statuses: [200],
    read: ({ query }) => readMembers(query),
    handler: async ({ actor, query, rows }) => showList(actor, query, pageOfMembers(rows, query)),
  });

  const role = route({
    method: "POST",
    path: "/o/:slug/members/:userId/role",
    access: "member:update",
    params: memberParams,
    query: membersPageQuery,
    body: roleBody,
    statuses: [303],
    read: ({ params }) => readMember(params.userId),
    async handler({ actor, params: { userId }, query, body, rows }) {
      await changeRoleAfterReauthentication(database, actor, { userId, role: body.role });
      return seeOther(membersPath(actor.organization, query), {
        notice: `${nameOf(rows)} is now ${roleWithArticle(body.role)}.`,
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
      act: removeMember,
      done: "was removed",
    },
    {
      path: "suspension",
      access: "member:suspend",
      act: suspendMember,
      done: "is suspended and has no access now",
    },
    {
      path: "reinstatement",
      access: "member:suspend",
      act: reinstateAfterReauthentication,
      done: "has access again",
    },
  ] as const;
  const forms = acts.map(({ path, access, act, done }) =>
    route({
      method: "POST",
      path: `/o/:slug/members/:userId/${path}`,
      access,
      params: memberParams,
      query: membersPageQuery,
      statuses: [303],
      read: ({ params }) => readMember(params.userId),
      async handler({ actor, params: { userId }, query, rows }) {
        await act(database, actor, { userId });
        const notice = `${nameOf(rows)} ${done}.`;
        return seeOther(membersPath(actor.organization, query), { notice });
      },
    }),
  );

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
    access: "member:read",
    params: organizationParams,
    statuses: [200],
    handler: async ({ actor }) =>
      organizationPage(actor, { title: "Roles", section: "Members" }, <RolesPage actor={actor} />),
  });

  function showList(
    actor: Member,
    query: MembersPageQuery,
    { members, next }: MemberList,
    form?: MemberForm,
  ) {
    return organizationPage(
      actor,
      { title: "Members", section: "Members", status: form ? 422 : 200 },
      <MembersPage
        actor={actor}
        members={members}
        next={next}
        query={query}
        errors={form?.errors ?? {}}
        chosen={form?.chosen}
      />,
    );
  }

  return [list, role, ...forms, departure, rolesTable];
}

/** The form of one member's role, as the person sent it. */
type MemberForm = { errors: FormErrors; chosen: ChosenRole };

function nameOf([member]: readonly NamedMember[]): string {
  return member ? displayName(member) : "The member";
}
