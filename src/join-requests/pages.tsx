import { seeOther } from "../http/reply.ts";
import { displayName } from "../identity/display-name.ts";
import type { ChangingMember } from "../tenancy/change-as.ts";
import type { PageContext } from "../tenancy/feature.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { route } from "../tenancy/route.ts";
import { approveRequest, refuseRequest, withdrawRequest } from "./join-request.ts";
import { listRequests, readAsker } from "./request-list.ts";
import { joinRequestParams, joinRequestsQuery, ownRequestParams } from "./schema.ts";
import { JoinRequestsPage, joinRequestsPath } from "./views.tsx";

/** The page of the requests to join an organization, the decisions about them, and the withdrawal by the person who asked. */
export function joinRequestPages(
  { database, organizationPage }: PageContext,
  origins: readonly JoinOrigin[],
) {
  const list = route({
    method: "GET",
    path: "/o/:slug/join-requests",
    section: people,
    access: "join-request:read",
    params: organizationParams,
    query: joinRequestsQuery,
    statuses: [200],
    async handler({ actor, query: { after } }) {
      const organizationId = actor.organization.id;
      const { requests, next } = await database.forOrganization(organizationId, (tx) =>
        listRequests(tx, { organizationId, after }, origins),
      );
      return organizationPage(
        actor,
        { title: "Requests to join", section: "Requests" },
        <JoinRequestsPage actor={actor} requests={requests} after={after} next={next} />,
      );
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
      const guest = { ...actor, organization: { id: organizationId } };
      await withdrawRequest(database, guest, { id: requestId });
      return seeOther("/organizations", { notice: "You canceled your request to join." });
    },
  });

  return [
    list,
    decisionRoute(
      "approval",
      (name) => `${name} has joined.`,
      (actor, request) => approveRequest(database, actor, request, origins),
    ),
    decisionRoute(
      "refusal",
      (name) => `You refused the request of ${name}.`,
      (actor, request) => refuseRequest(database, actor, request),
    ),
    withdrawal,
  ];
}

/** The route of a decision, which leads back to the first page: that one has the oldest requests. */
const decisionRoute = (
  act: string,
  describe: (name: string) => string,
  decide: (actor: ChangingMember, request: { id: string }) => Promise<void>,
) =>
  route({
    method: "POST",
    path: `/o/:slug/join-requests/:requestId/${act}`,
    access: "join-request:decide",
    params: joinRequestParams,
    statuses: [303],
    read: ({ params: { requestId } }) => readAsker(requestId),
    async handler({ actor, params: { requestId }, rows: [asker = {}] }) {
      await decide(actor, { id: requestId });
      return seeOther(joinRequestsPath(actor.organization), {
        notice: describe(displayName(asker)),
      });
    },
  });
