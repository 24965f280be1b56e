import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import type { FormErrors } from "../views/form.tsx";
import { leaveOrganization, removeMember, suspendMember } from "./member.ts";
import { listMembers, type MemberList, pageOfMembers, readMembers } from "./member-list.ts";
import {
  changeRoleAfterReauthentication,
  reinstateAfterReauthentication,
} from "./sensitive-changes.ts";
import { memberParams, membersPageQuery, type MembersPageQuery, roleBody } from "./schema.ts";
import { membersPath } from "./paths.ts";
import { RolesPage } from "./roles-view.tsx";
import { MembersPage } from "./views.tsx";

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
    async handler({ actor, params: { userId }, query, body }) {
      await changeRoleAfterReauthentication(database, actor, { userId, role: body.role });
      return seeOther(membersPath(actor.organization, query), {
        notice: "The role was changed. It applies from now on.",
      });
    },
    invalid: async ({ actor, params: { userId: manage }, query, issues }) =>
      showList(
        actor,
        { ...query, manage },
        await listMembers(database, actor.organization.id, query),
        groupByField(issues),
      ),
  });

  const acts = [
    {
      path: "removal",
      access: "member:remove",
      act: removeMember,
      notice: "The member was removed.",
    },
    {
      path: "suspension",
      access: "member:suspend",
      act: suspendMember,
      notice: "The member was suspended, and has no access from now on.",
    },
    {
      path: "reinstatement",
      access: "member:suspend",
      act: reinstateAfterReauthentication,
      notice: "The member's access was restored.",
    },
  ] as const;
  const forms = acts.map(({ path, access, act, notice }) =>
    route({
      method: "POST",
      path: `/o/:slug/members/:userId/${path}`,
      access,
      params: memberParams,
      query: membersPageQuery,
      statuses: [303],
      async handler({ actor, params: { userId }, query }) {
        await act(database, actor, { userId });
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
      return seeOther("/organizations", { notice: "You left the organization." });
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
    errors?: FormErrors,
  ) {
    return organizationPage(
      actor,
      { title: "Members", section: "Members", status: errors ? 422 : 200 },
      <MembersPage
        actor={actor}
        members={members}
        next={next}
        query={query}
        errors={errors ?? {}}
      />,
    );
  }

  return [list, role, ...forms, departure, rolesTable];
}
