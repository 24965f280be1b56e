import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { seeOther } from "../http/reply.ts";
import { withQuery } from "../http/with-query.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { approveRequest, refuseRequest, withdrawRequest } from "./join-request.ts";
import { listRequests } from "./request-list.ts";
import { joinRequestParams, joinRequestsQuery, type Notice, ownRequestParams } from "./schema.ts";
import { JoinRequestsPage, joinRequestsPath } from "./views.tsx";

/** The page of the requests to join an organization, the decisions about them, and the withdrawal by the person who asked. */
export function joinRequestPages(
  { database, organizationPage }: PageContext,
  origins: readonly JoinOrigin[],
) {
  const list = route({
    method: "GET",
    path: "/o/:slug/join-requests",
    access: "join-request:read",
    params: organizationParams,
    query: joinRequestsQuery,
    statuses: [200],
    async handler({ actor, query: { notice, after } }) {
      const organizationId = actor.organization.id;
      const { requests, next } = await database.forOrganization(organizationId, (tx) =>
        listRequests(tx, { organizationId, after }, origins),
      );
      return organizationPage(
        actor,
        { title: "Requests to join", section: "Requests", notice },
        <JoinRequestsPage
          actor={actor}
          requests={requests}
          isFirst={after === undefined}
          next={next}
        />,
      );
    },
  });

  const approval = route({
    method: "POST",
    path: "/o/:slug/join-requests/:requestId/approval",
    access: "join-request:decide",
    params: joinRequestParams,
    statuses: [303],
    async handler({ actor, params: { requestId } }) {
      await approveRequest(database, actor, { id: requestId }, origins);
      return goTo(actor, "approved");
    },
  });

  const refusal = route({
    method: "POST",
    path: "/o/:slug/join-requests/:requestId/refusal",
    access: "join-request:decide",
    params: joinRequestParams,
    statuses: [303],
    async handler({ actor, params: { requestId } }) {
      await refuseRequest(database, actor, { id: requestId });
      return goTo(actor, "refused");
    },
  });

  const withdrawal = route({
    method: "POST",
    path: "/organizations/:organizationId/join-requests/:requestId/withdrawal",
    access: "signed-in",
    params: ownRequestParams,
    query: accountQuery,
    statuses: [303],
    async handler({ actor, params: { organizationId, requestId }, query }) {
      requireSameAccount(actor, query, "/organizations");
      const { user, request } = actor;
      const guest = { user, organization: { id: organizationId }, request };
      await withdrawRequest(database, guest, { id: requestId });
      return seeOther("/organizations?notice=withdrawn");
    },
  });

  return [list, approval, refusal, withdrawal];
}

/** Redirects to the first page, which has the oldest requests. */
function goTo({ organization }: Member, notice: Notice) {
  return seeOther(withQuery(joinRequestsPath(organization), { notice }));
}
