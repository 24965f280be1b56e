import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import { leadToOwnRequests } from "../join-requests/own-requests.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import { closingQuery, joiningPath } from "../tenancy/way-to-join.ts";
import { organizationPath } from "../access/organization-path.ts";
import { findLinkedSubject } from "./authorization.ts";
import type { Confirmations } from "./confirmation.ts";
import {
  changeAccessToken,
  changeRules,
  type ConnectionRow,
  describeConnection,
  disconnect,
  type ListedConnection,
  readConnections,
} from "./connection.ts";
import { huggingFaceError } from "./errors.ts";
import { joinByHuggingFace } from "./joining.ts";
import { connectionParams, joiningParams, rulesBody, tokenBody } from "./schema.ts";
import { ConnectionsPage, connectionsPath, type RulesForm } from "./views.tsx";

/**
 * The page of the connections with Hugging Face with its forms, and the route by which people join.
 *
 * @param options.confirmations null if we cannot ask Hugging Face: then nobody joins by it
 */
export function huggingFacePages(
  { database, organizationPage }: PageContext,
  { confirmations, secrets }: { confirmations: Confirmations | null; secrets: readonly string[] },
) {
  const show = route({
    method: "GET",
    path: "/o/:slug/hugging-face",
    section: people,
    access: "hugging-face:update",
    params: organizationParams,
    statuses: [200],
    read: readConnections,
    handler: ({ actor, rows }) => showConnections(actor, rows.map(describeConnection)),
  });

  /** A form about one connection. */
  const form = {
    method: "POST",
    access: "hugging-face:update",
    params: connectionParams,
    statuses: [303],
  } as const;

  const rules = route({
    ...form,
    path: "/o/:slug/hugging-face/:subject/rules",
    section: people,
    body: rulesBody,
    async handler({ actor, params: { subject }, body }) {
      await changeRules(database, actor, { subject, ...body });
      return backToList(
        actor,
        "The rules were saved. They apply to current members at their next sign-in.",
      );
    },
    invalid: ({ actor, params: { subject }, values, issues }) =>
      showAgain(actor, { subject, values, errors: groupByField(issues) }),
  });

  const token = route({
    ...form,
    path: "/o/:slug/hugging-face/:subject/token",
    section: people,
    body: tokenBody,
    async handler({ actor, params: { subject }, body }) {
      await changeAccessToken(database, actor, { subject, token: body.token }, secrets);
      return backToList(
        actor,
        "The token was saved. We check the members now, and then twice a day.",
      );
    },
    invalid: ({ actor, params: { subject }, issues }) =>
      showAgain(actor, { subject, values: {}, errors: groupByField(issues) }),
  });

  const tokenRemoval = route({
    ...form,
    path: "/o/:slug/hugging-face/:subject/token/removal",
    async handler({ actor, params: { subject } }) {
      await changeAccessToken(database, actor, { subject, token: null }, secrets);
      return backToList(
        actor,
        "The token was removed. We now check members only when they sign in.",
      );
    },
  });

  const removal = route({
    ...form,
    path: "/o/:slug/hugging-face/:subject/removal",
    query: closingQuery,
    async handler({ actor, params: { subject }, query: { from } }) {
      await disconnect(database, actor, { subject });
      const notice = "The organization is no longer connected. Its members here stay as they are.";
      return from
        ? seeOther(joiningPath(actor.organization), { notice })
        : backToList(actor, notice);
    },
  });

  const joining = route({
    method: "POST",
    path: "/organizations/:organizationId/hugging-face/:subject/joining",
    access: "signed-in",
    params: joiningParams,
    query: accountQuery,
    statuses: [303],
    async handler({ actor, params: { organizationId, subject }, query }, ctx) {
      requireSameAccount(actor, query, "/organizations");
      const guest = { ...actor, organization: { id: organizationId } };
      const { slug, outcome } = await joinByHuggingFace(database, guest, { subject });
      if (outcome === "joined") return seeOther(organizationPath(slug));
      if (outcome === "asked") return leadToOwnRequests();
      if (!confirmations) throw huggingFaceError("hugging_face.unavailable");
      return confirmations.begin(ctx, actor.user);
    },
  });

  async function showAgain(actor: Member, filled: RulesForm) {
    const rows = await database.readOrganization<ConnectionRow>(
      actor.organization.id,
      readConnections(),
    );
    return showConnections(actor, rows.map(describeConnection), filled);
  }

  async function showConnections(
    actor: Member,
    connections: readonly ListedConnection[],
    filled?: RulesForm,
  ) {
    const linkedSubject = await findLinkedSubject(database, actor.user.id);
    return organizationPage(
      actor,
      { title: "Hugging Face", section: "Joining", status: filled ? 422 : 200 },
      <ConnectionsPage
        actor={actor}
        connections={connections}
        isConfigured={confirmations !== null}
        isLinked={linkedSubject !== null}
        form={filled}
      />,
    );
  }

  return [show, rules, token, tokenRemoval, removal, joining];
}

const backToList = ({ organization }: Member, notice: string) =>
  seeOther(connectionsPath(organization), { notice });
