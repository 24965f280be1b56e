import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import { withQuery } from "../http/with-query.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { organizationPath } from "../views/viewer.ts";
import { findLinkedSubject } from "./authorization.ts";
import { changeAccessToken } from "./change-access-token.ts";
import type { Confirmations } from "./confirmation.ts";
import { changeRules, disconnect, listConnections } from "./connection.ts";
import { huggingFaceError } from "./errors.ts";
import { joinByHuggingFace } from "./joining.ts";
import {
  connectionParams,
  connectionsQuery,
  joiningParams,
  type Notice,
  rulesBody,
  tokenBody,
} from "./schema.ts";
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
    access: "hugging-face:update",
    params: organizationParams,
    query: connectionsQuery,
    statuses: [200],
    handler: ({ actor, query }) => showConnections(actor, { notice: query.notice }),
  });

  const rules = route({
    method: "POST",
    path: "/o/:slug/hugging-face/:subject/rules",
    access: "hugging-face:update",
    params: connectionParams,
    body: rulesBody,
    statuses: [303],
    async handler({ actor, params: { subject }, body }) {
      await changeRules(database, actor, { subject, ...body });
      return goTo(actor, "rules-saved");
    },
    invalid: ({ actor, params: { subject }, values, issues }) =>
      showConnections(actor, { form: { subject, values, errors: groupByField(issues) } }),
  });

  const token = route({
    method: "POST",
    path: "/o/:slug/hugging-face/:subject/token",
    access: "hugging-face:update",
    params: connectionParams,
    body: tokenBody,
    statuses: [303],
    async handler({ actor, params: { subject }, body }) {
      await changeAccessToken(database, actor, { subject, token: body.token }, secrets);
      return goTo(actor, "token-saved");
    },
    invalid: ({ actor, params: { subject }, issues }) =>
      showConnections(actor, { form: { subject, values: {}, errors: groupByField(issues) } }),
  });

  const tokenRemoval = route({
    method: "POST",
    path: "/o/:slug/hugging-face/:subject/token/removal",
    access: "hugging-face:update",
    params: connectionParams,
    statuses: [303],
    async handler({ actor, params: { subject } }) {
      await changeAccessToken(database, actor, { subject, token: null }, secrets);
      return goTo(actor, "token-removed");
    },
  });

  const removal = route({
    method: "POST",
    path: "/o/:slug/hugging-face/:subject/removal",
    access: "hugging-face:update",
    params: connectionParams,
    statuses: [303],
    async handler({ actor, params: { subject } }) {
      await disconnect(database, actor, { subject });
      return goTo(actor, "disconnected");
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
      if (outcome === "asked") return seeOther("/organizations?notice=asked");
      if (!confirmations) throw huggingFaceError("hugging_face.unavailable");
      const returnTo = "/organizations?notice=confirmed";
      return confirmations.begin(ctx, { userId: actor.user.id, returnTo });
    },
  });

  async function showConnections(
    actor: Member,
    { notice, form }: { notice?: string | undefined; form?: RulesForm },
  ) {
    const organizationId = actor.organization.id;
    const connections = await database.forOrganization(organizationId, (tx) =>
      listConnections(tx, { organizationId }),
    );
    const linkedSubject = await findLinkedSubject(database, actor.user.id);
    return organizationPage(
      actor,
      { title: "Hugging Face", section: "Settings", notice, status: form ? 422 : 200 },
      <ConnectionsPage
        actor={actor}
        connections={connections}
        isConfigured={confirmations !== null}
        isLinked={linkedSubject !== null}
        form={form}
      />,
    );
  }

  return [show, rules, token, tokenRemoval, removal, joining];
}

function goTo({ organization }: Member, notice: Notice) {
  return seeOther(withQuery(connectionsPath(organization), { notice }));
}
