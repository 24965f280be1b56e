import { z } from "zod";
import { listSsoConnectors, type SsoConnector, ssoConnectorTable } from "../sso/connectors.ts";
import { oidcConfigSchema } from "../sso/enterprise.ts";
import type { JsonObject } from "../store/database.ts";
import type { Change } from "../store/table.ts";
import { ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { addItem, type Api } from "./resource.ts";

const changeSchema = z.object({
  connectorName: z.string().min(1).max(128).optional(),
  config: jsonObject.optional(),
  domains: z.array(z.string().min(1)).optional(),
  branding: jsonObject.optional(),
});
const newSchema = changeSchema.extend({
  providerName: z.string().min(1),
  connectorName: z.string().min(1).max(128),
});

const path = "/api/sso-connectors";

/** The routes of enterprise connectors. It takes any domains, and describes no kind of connector (names, logos). */
export function addSsoConnectorRoutes(api: Api): void {
  const { router, sql } = api;
  router.get(path, async (ctx) => {
    ctx.body = (await listSsoConnectors(sql)).map(presentSsoConnector);
  });

  router.post(path, async (ctx) => {
    const input = complete(await readInput(ctx, newSchema));
    ctx.body = presentSsoConnector(await ssoConnectorTable.create(sql, input));
  });

  addItem<SsoConnector>(api, {
    path,
    table: {
      ...ssoConnectorTable,
      update: (queryable, id, change) => ssoConnectorTable.update(queryable, id, complete(change)),
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

/** Checks the settings and completes them. They may be given later. */
function complete(change: Change<SsoConnector>): Change<SsoConnector> {
  const config = change.config && completeConfig(change.config);
  // People write their address in any case.
  return { ...change, config, domains: change.domains?.map((domain) => domain.toLowerCase()) };
}

function completeConfig(config: JsonObject): JsonObject {
  const read = oidcConfigSchema.safeParse(config);
  if (read.success) return { ...config, trustUnverifiedEmail: read.data.trustUnverifiedEmail };
  throw new ManagementError(400, "connector.invalid_config", "The connector's config is invalid.");
}
