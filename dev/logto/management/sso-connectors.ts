import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database } from "../database.ts";
import {
  addJitSsoConnectors,
  createSsoConnector,
  deleteSsoConnector,
  findSsoConnector,
  listJitSsoConnectors,
  listSsoConnectors,
  removeJitSsoConnector,
  replaceJitSsoConnectors,
  type SsoConnector,
  updateSsoConnector,
} from "../sso/connectors.ts";
import { oidcConfigSchema } from "../sso/enterprise.ts";
import { emptyChange, ManagementError, notExistsWithId, notFound } from "./errors.ts";
import { idList, jsonObject, readInput } from "./input.ts";

const changeSchema = z.object({
  connectorName: z.string().min(1).max(128).optional(),
  config: jsonObject.optional(),
  domains: z.array(z.string().min(1)).optional(),
  branding: jsonObject.optional(),
  syncProfile: z.boolean().optional(),
});
const newSchema = changeSchema.extend({
  providerName: z.string().min(1),
  connectorName: z.string().min(1).max(128),
});
const idsSchema = z.object({ ssoConnectorIds: idList });

const connectors = "/api/sso-connectors";
const justInTime = "/api/organizations/:id/jit/sso-connectors";

/** Enterprise connectors (names and shapes from Logto's published API reference: there is no recording of them). */
export function addSsoConnectorRoutes(router: Router, sql: Database): void {
  router.get(connectors, async (ctx) => {
    ctx.body = (await listSsoConnectors(sql)).map(present);
  });

  router.post(connectors, async (ctx) => {
    const input = await readInput(ctx, newSchema);
    if (input.providerName !== "OIDC")
      throw new ManagementError(422, "connector.not_found", "Cannot find such a provider.");
    requireConfig(input.config);
    ctx.body = present(await createSsoConnector(sql, lowerDomains(input)));
  });

  router.get(`${connectors}/:id`, async (ctx) => {
    const connector = await findSsoConnector(sql, idOf(ctx));
    if (!connector) throw notExistsWithId("sso_connectors", idOf(ctx));
    ctx.body = present(connector);
  });

  router.patch(`${connectors}/:id`, async (ctx) => {
    const change = await readInput(ctx, changeSchema);
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    requireConfig(change.config);
    const connector = await updateSsoConnector(sql, idOf(ctx), lowerDomains(change));
    if (!connector) throw notFound();
    ctx.body = present(connector);
  });

  router.delete(`${connectors}/:id`, async (ctx) => {
    if (!(await deleteSsoConnector(sql, idOf(ctx)))) throw notFound();
    ctx.status = 204;
  });

  router.get(justInTime, async (ctx) => {
    ctx.body = (await listJitSsoConnectors(sql, idOf(ctx))).map(present);
  });

  router.post(justInTime, async (ctx) => {
    const { ssoConnectorIds } = await readInput(ctx, idsSchema);
    await addJitSsoConnectors(sql, idOf(ctx), ssoConnectorIds);
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.put(justInTime, async (ctx) => {
    const { ssoConnectorIds } = await readInput(ctx, idsSchema);
    await sql.begin((transaction) =>
      replaceJitSsoConnectors(transaction, idOf(ctx), ssoConnectorIds),
    );
    ctx.status = 204;
  });

  router.delete(`${justInTime}/:ssoConnectorId`, async (ctx) => {
    const connectorId = ctx.params["ssoConnectorId"] ?? "";
    if (!(await removeJitSsoConnector(sql, idOf(ctx), connectorId))) throw notFound();
    ctx.status = 204;
  });
}

function present({ createdAt, ...connector }: SsoConnector) {
  return {
    tenantId: "default",
    ...connector,
    enableTokenStorage: false,
    createdAt: createdAt.getTime(),
  };
}

function requireConfig(config: Record<string, unknown> | undefined): void {
  if (config === undefined || oidcConfigSchema.safeParse(config).success) return;
  throw new ManagementError(400, "connector.invalid_config", "The connector's config is invalid.");
}

/** People write their address in any case. */
function lowerDomains<Input extends { domains?: string[] | undefined }>(input: Input): Input {
  return { ...input, domains: input.domains?.map((domain) => domain.toLowerCase()) };
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}
