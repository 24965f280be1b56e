import type { Router, RouterContext } from "@koa/router";
import { z } from "zod";
import {
  type Connector,
  createConnector,
  deleteConnector,
  emailConnector,
  findConnector,
  huggingFaceConnector,
  listConnectors,
  updateConnector,
} from "../connectors.ts";
import type { Database } from "../database.ts";
import { changeSignInExperience, readSignInExperience } from "../sign-in-experience.ts";
import { emptyChange, ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";

const changeSchema = z.object({
  config: jsonObject.optional(),
  syncProfile: z.boolean().optional(),
});
const newSchema = changeSchema.extend({ connectorId: z.string() });
/** Logto checks a connector's settings by the schema of that connector; this is Hugging Face's. */
const configSchema = z.looseObject({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scope: z.string().optional(),
});

const kind = {
  target: huggingFaceConnector.target,
  name: { en: "Hugging Face" },
  platform: "Universal",
  type: "Social",
};

const emailKind = {
  target: emailConnector.target,
  name: { en: "SMTP" },
  platform: null,
  type: "Email",
};

/** Connectors to other identity providers. Hugging Face's is the only kind there is here. */
export function addConnectorRoutes(router: Router, sql: Database): void {
  router.get("/api/connector-factories", (ctx) => {
    ctx.body = [{ id: huggingFaceConnector.connectorId, ...kind }];
  });

  router.get("/api/connectors", async (ctx) => {
    ctx.body = (await listConnectors(sql)).map(presentConnector);
  });

  router.post("/api/connectors", async (ctx) => {
    const { connectorId, config = {}, syncProfile = false } = await readInput(ctx, newSchema);
    if (connectorId === emailConnector.connectorId) {
      const created = await createConnector(sql, { connectorId, config, syncProfile });
      if (!created) {
        const message = "The database contains multiple connectors while only one is needed.";
        throw new ManagementError(422, "connector.multiple_instances_not_supported", message);
      }
      ctx.body = presentConnector(created);
      return;
    }
    if (connectorId !== huggingFaceConnector.connectorId) {
      const message = `Can not find connector with id: ${connectorId}.`;
      throw new ManagementError(422, "connector.not_found_with_connector_id", message);
    }
    requireConfig(config);
    const connector = await createConnector(sql, { connectorId, config, syncProfile });
    if (!connector) {
      const message =
        "The connector with the same target and platform already exists. Please use a different one.";
      throw new ManagementError(422, "connector.multiple_target_with_same_platform", message);
    }
    ctx.body = presentConnector(connector);
  });

  router.get("/api/connectors/:id", async (ctx) => {
    ctx.body = presentConnector(await requireConnector(sql, ctx));
  });

  router.patch("/api/connectors/:id", async (ctx) => {
    const change = await readInput(ctx, changeSchema);
    const connector = await requireConnector(sql, ctx);
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    const { config = connector.config, syncProfile = connector.syncProfile } = change;
    requireConfig(config);
    await updateConnector(sql, connector.id, { config, syncProfile });
    ctx.body = presentConnector(await requireConnector(sql, ctx));
  });

  router.delete("/api/connectors/:id", async (ctx) => {
    await deleteConnector(sql, (await requireConnector(sql, ctx)).id);
    const { socialSignInConnectorTargets: targets } = await readSignInExperience(sql);
    await changeSignInExperience(sql, {
      socialSignInConnectorTargets: targets.filter((target) => target !== kind.target),
    });
    ctx.status = 204;
  });
}

function presentConnector({ id, connectorId, config, syncProfile }: Connector) {
  return {
    id,
    syncProfile,
    enableTokenStorage: false,
    config,
    metadata: {},
    connectorId,
    ...(connectorId === emailConnector.connectorId ? emailKind : kind),
    isDemo: false,
    extraInfo: {},
  };
}

function requireConfig(config: Record<string, unknown>): void {
  if (configSchema.safeParse(config).success) return;
  throw new ManagementError(400, "connector.invalid_config", "The connector's config is invalid.");
}

async function requireConnector(sql: Database, ctx: RouterContext): Promise<Connector> {
  const id = ctx.params["id"] ?? "";
  const connector = await findConnector(sql, id);
  if (!connector) throw notExistsWithId("connectors", id);
  return connector;
}
