import { z } from "zod";
import {
  type Connector,
  connectorTable,
  createConnector,
  emailConnector,
  huggingFaceConnector,
  listConnectors,
} from "../experience/connectors.ts";
import { ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { type Api, orThrow, param, readChange } from "./resource.ts";

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

/** Connectors to other identity providers and to a mail server: the two kinds that the application uses. */
export function addConnectorRoutes({ router, sql }: Api): void {
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

  router.patch("/api/connectors/:id", async (ctx) => {
    const change = await readChange(ctx, changeSchema);
    const id = param(ctx, "id");
    const missing = notExistsWithId("connectors", id);
    const { connectorId } = orThrow(await connectorTable.find(sql, id), missing);
    if (change.config) requireConfig(connectorId, change.config);
    ctx.body = presentConnector(orThrow(await connectorTable.update(sql, id, change), missing));
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
