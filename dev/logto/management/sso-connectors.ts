import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import { type Database, sqlStateOf, type JsonObject } from "../store/database.ts";
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

/** Enterprise connectors. What Logto tells of their kind beside it (names, logos) is left out. */
export function addSsoConnectorRoutes(router: Router, sql: Database): void {
  router.get(connectors, async (ctx) => {
    ctx.body = (await listSsoConnectors(sql)).map(present);
  });

  router.post(connectors, async (ctx) => {
    const input = await readInput(ctx, newSchema);
    const { providerName, domains } = input;
    if (providerName !== "OIDC") {
      const message = `Cannot find any available connector for type: ${providerName}.`;
      throw new ManagementError(422, "connector.not_found", message);
    }
    checkDomains(domains);
    const config = completeConfig(input.config);
    const connector = lowerDomains({ ...input, config });
    ctx.body = present(await orNameTaken(createSsoConnector(sql, connector)));
  });

  router.get(`${connectors}/:id`, async (ctx) => {
    const connector = await findSsoConnector(sql, idOf(ctx));
    if (!connector) throw notExistsWithId("sso_connectors", idOf(ctx));
    ctx.body = present(connector);
  });

  router.patch(`${connectors}/:id`, async (ctx) => {
    const change = await readInput(ctx, changeSchema);
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    checkDomains(change.domains);
    const config = completeConfig(change.config);
    const changed = lowerDomains({ ...change, config });
    const connector = await orNameTaken(updateSsoConnector(sql, idOf(ctx), changed));
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

/** It may be given later. */
function completeConfig(config: JsonObject | undefined): JsonObject | undefined {
  if (config === undefined) return undefined;
  const read = oidcConfigSchema.safeParse(config);
  if (read.success) return { ...config, trustUnverifiedEmail: read.data.trustUnverifiedEmail };
  throw new ManagementError(400, "connector.invalid_config", "The connector's config is invalid.");
}

/** Some of those that Logto knows; no company has them for itself. */
const publicDomains = new Set(["gmail.com", "outlook.com", "hotmail.com", "yahoo.com"]);

/** What another connector has, and what is no domain at all, Logto takes. */
function checkDomains(domains: string[] = []): void {
  const forbidden = domains.filter((domain) => publicDomains.has(domain.toLowerCase()));
  if (forbidden.length > 0) {
    const message = "Public email domains are not allowed.";
    const data = { data: forbidden };
    throw new ManagementError(422, "single_sign_on.forbidden_domains", message, { data });
  }
  const repeated = domains.filter((domain, index) => domains.indexOf(domain) < index);
  if (repeated.length > 0) {
    const message = "There are duplicate domains.";
    const data = { data: repeated };
    throw new ManagementError(422, "single_sign_on.duplicated_domains", message, { data });
  }
}

async function orNameTaken<Result>(change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    if (sqlStateOf(error) !== "23505") throw error;
    const message = "Connector name already exists. Please choose a different name.";
    throw new ManagementError(409, "single_sign_on.duplicate_connector_name", message);
  }
}

/** People write their address in any case. */
function lowerDomains<Input extends { domains?: string[] | undefined }>(input: Input): Input {
  return { ...input, domains: input.domains?.map((domain) => domain.toLowerCase()) };
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}
