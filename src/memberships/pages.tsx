import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import { withQuery } from "../http/with-query.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import type { FormErrors } from "../views/form.tsx";
import {
  changeRole,
  leaveOrganization,
  reinstateMember,
  removeMember,
  suspendMember,
} from "./member.ts";
import { listMembers } from "./member-list.ts";
import { requireProof, requireProofToReinstate } from "./proof.ts";
import {
  memberParams,
  membersPageQuery,
  type MembersPageQuery,
  type Notice,
  roleBody,
} from "./schema.ts";
import { MembersPage, membersPath } from "./views.tsx";

/** The page of an organization's members, and its forms. */
export function memberPages({ database, organizationPage }: PageContext) {
  const list = route({
    method: "GET",
    path: "/o/:slug/members",
    access: "member:read",
    params: organizationParams,
    query: membersPageQuery,
    statuses: [200],
    handler: ({ actor, query: { notice, ...query } }) => showList(actor, query, { notice }),
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
      requireProof(actor, { userId, role: body.role });
      await changeRole(database, actor, { userId, role: body.role });
      return goTo(actor, query, "role-changed");
    },
    invalid: ({ actor, query, issues }) => showList(actor, query, { errors: groupByField(issues) }),
  });

  const removal = route({
    method: "POST",
    path: "/o/:slug/members/:userId/removal",
    access: "member:remove",
    params: memberParams,
    query: membersPageQuery,
    statuses: [303],
    async handler({ actor, params: { userId }, query }) {
      await removeMember(database, actor, { userId });
      return goTo(actor, query, "removed");
    },
  });

  const suspension = route({
    method: "POST",
    path: "/o/:slug/members/:userId/suspension",
    access: "member:suspend",
    params: memberParams,
    query: membersPageQuery,
    statuses: [303],
    async handler({ actor, params: { userId }, query }) {
      await suspendMember(database, actor, { userId });
      return goTo(actor, query, "suspended");
    },
  });

  const reinstatement = route({
    method: "POST",
    path: "/o/:slug/members/:userId/reinstatement",
    access: "member:suspend",
    params: memberParams,
    query: membersPageQuery,
    statuses: [303],
    async handler({ actor, params: { userId }, query }) {
      await requireProofToReinstate(database, actor, userId);
      await reinstateMember(database, actor, { userId });
      return goTo(actor, query, "reinstated");
    },
  });

  const departure = route({
    method: "POST",
    path: "/o/:slug/departure",
    access: "organization:leave",
    params: organizationParams,
    statuses: [303],
    async handler({ actor }) {
      await leaveOrganization(database, actor);
      return seeOther("/organizations?notice=left");
    },
  });

  async function showList(
    actor: Member,
    query: MembersPageQuery,
    { notice, errors }: { notice?: string | undefined; errors?: FormErrors },
  ) {
    const organizationId = actor.organization.id;
    const { members, next } = await listMembers(database, { organizationId, ...query });
    return organizationPage(
      actor,
      {
        title: "Members",
        section: "Members",
        notice,
        status: errors ? 422 : 200,
      },
      <MembersPage
        actor={actor}
        members={members}
        next={next}
        query={query}
        errors={errors ?? {}}
      />,
    );
  }

  return [list, role, removal, suspension, reinstatement, departure];
}

/** To the page that the form was on, which says what was done. */
function goTo({ organization }: Member, query: MembersPageQuery, notice: Notice) {
  return seeOther(withQuery(membersPath(organization, query), { notice }));
}
