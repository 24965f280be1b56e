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
} from "../experience/connectors.ts";
import type { Database } from "../store/database.ts";
import { changeSignInExperience, readSignInExperience } from "../experience/sign-in-experience.ts";
import { emptyChange, ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";

const changeSchema = z.object({
  config: jsonObject.optional(),
  syncProfile: z.boolean().optional(),
});
const newSchema = changeSchema.extend({ connectorId: z.string() });

/** Logto checks a connector's settings by the schema of its kind. */
const kinds = [
  {
    id: huggingFaceConnector.connectorId,
    described: {
      target: huggingFaceConnector.target,
      name: { en: "Hugging Face" },
      platform: "Universal",
      type: "Social",
    },
    configSchema: z.looseObject({
      clientId: z.string().min(1),
      clientSecret: z.string().min(1),
      scope: z.string().optional(),
    }),
  },
  {
    id: emailConnector.connectorId,
    described: {
      target: emailConnector.target,
      name: { en: "SMTP", "zh-CN": "SMTP", "tr-TR": "SMTP", ko: "SMTP" },
      platform: null,
      type: "Email",
    },
    configSchema: z.looseObject({
      host: z.string().min(1),
      port: z.number(),
      fromEmail: z.string().min(1),
      templates: z
        .array(z.looseObject({ usageType: z.string(), subject: z.string(), content: z.string() }))
        .refine((templates) =>
          ["Register", "SignIn", "ForgotPassword", "Generic"].every((usage) =>
            templates.some(({ usageType }) => usageType === usage),
          ),
        ),
    }),
  },
];

/** Connectors to other identity providers and to a mail server: the two kinds that the application has to do with. */
export function addConnectorRoutes(router: Router, sql: Database): void {
  router.get("/api/connector-factories", (ctx) => {
    ctx.body = kinds.map(({ id, described }) => ({ id, ...described }));
  });

  router.get("/api/connectors", async (ctx) => {
    ctx.body = (await listConnectors(sql)).map(presentConnector);
  });

  router.post("/api/connectors", async (ctx) => {
    const { connectorId, config = {}, syncProfile = false } = await readInput(ctx, newSchema);
    if (!kindOf(connectorId)) {
      const message = `Can not find connector with id: ${connectorId}.`;
      throw new ManagementError(422, "connector.not_found_with_connector_id", message);
    }
    requireConfig(connectorId, config);
    const connector = await createConnector(sql, { connectorId, config, syncProfile });
    if (!connector) {
      const message = "Can not create multiple instance with picked standard connector.";
      throw new ManagementError(422, "connector.multiple_instances_not_supported", message);
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
    requireConfig(connector.connectorId, config);
    await updateConnector(sql, connector.id, { config, syncProfile });
    ctx.body = presentConnector(await requireConnector(sql, ctx));
  });

  router.delete("/api/connectors/:id", async (ctx) => {
    const { id, connectorId } = await requireConnector(sql, ctx);
    await deleteConnector(sql, id);
    const { socialSignInConnectorTargets: targets } = await readSignInExperience(sql);
    await changeSignInExperience(sql, {
      socialSignInConnectorTargets: targets.filter(
        (target) => target !== kindOf(connectorId)?.described.target,
      ),
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
    ...kindOf(connectorId)?.described,
    isDemo: false,
    extraInfo: {},
  };
}

function kindOf(connectorId: string) {
  return kinds.find(({ id }) => id === connectorId);
}

function requireConfig(connectorId: string, config: Record<string, unknown>): void {
  if (kindOf(connectorId)?.configSchema.safeParse(config).success) return;
  throw new ManagementError(400, "connector.invalid_config", "The connector's config is invalid.");
}

async function requireConnector(sql: Database, ctx: RouterContext): Promise<Connector> {
  const id = ctx.params["id"] ?? "";
  const connector = await findConnector(sql, id);
  if (!connector) throw notExistsWithId("connectors", id);
  return connector;
}
