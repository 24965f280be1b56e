import { z } from "zod";
import { listSsoConnectors, type SsoConnector, ssoConnectorTable } from "../sso/connectors.ts";
import { oidcConfigSchema } from "../sso/enterprise.ts";
import { type JsonObject, sqlStateOf } from "../store/database.ts";
import type { Change } from "../store/table.ts";
import { ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { addItem, type Api } from "./resource.ts";

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

const path = "/api/sso-connectors";

/** The routes of enterprise connectors. Logto also describes their kind (names, logos), which is left out. */
export function addSsoConnectorRoutes(api: Api): void {
  const { router, sql } = api;
  router.get(path, async (ctx) => {
    ctx.body = (await listSsoConnectors(sql)).map(presentSsoConnector);
  });

  router.post(path, async (ctx) => {
    const input = await readInput(ctx, newSchema);
    if (input.providerName !== "OIDC") {
      const message = `Cannot find any available connector for type: ${input.providerName}.`;
      throw new ManagementError(422, "connector.not_found", message);
    }
    const connector = await orNameTaken(ssoConnectorTable.create(sql, complete(input)));
    ctx.body = presentSsoConnector(connector);
  });

  addItem<SsoConnector>(api, {
    path,
    table: {
      ...ssoConnectorTable,
      update: (queryable, id, change) =>
        orNameTaken(ssoConnectorTable.update(queryable, id, complete(change))),
    },
    changeSchema,
    present: presentSsoConnector,
    missing: (id) => notExistsWithId("sso_connectors", id),
  });
}

export function presentSsoConnector({ createdAt, ...connector }: SsoConnector) {
  return {
    tenantId: "default",
    ...connector,
    enableTokenStorage: false,
    createdAt: createdAt.getTime(),
  };
}

/** Checks domains and settings, and completes them. The settings may be given later. */
function complete(change: Change<SsoConnector>): Change<SsoConnector> {
  checkDomains(change.domains);
  const config = change.config && completeConfig(change.config);
  // People write their address in any case.
  return { ...change, config, domains: change.domains?.map((domain) => domain.toLowerCase()) };
}

function completeConfig(config: JsonObject): JsonObject {
  const read = oidcConfigSchema.safeParse(config);
  if (read.success) return { ...config, trustUnverifiedEmail: read.data.trustUnverifiedEmail };
  throw new ManagementError(400, "connector.invalid_config", "The connector's config is invalid.");
}

/** Some of the domains that Logto knows: no company has them for itself. */
const publicDomains = new Set(["gmail.com", "outlook.com", "hotmail.com", "yahoo.com"]);

/** Logto takes a domain that another connector has, and a text that is no domain at all. */
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
