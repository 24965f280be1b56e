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

const kinds = [
  {
    id: huggingFaceConnector.connectorId,
    described: {
      target: huggingFaceConnector.target,
      name: { en: "Hugging Face" },
      platform: "Universal",
      type: "Social",
    },
  },
  {
    id: emailConnector.connectorId,
    described: {
      target: emailConnector.target,
      name: { en: "SMTP", "zh-CN": "SMTP", "tr-TR": "SMTP", ko: "SMTP" },
      platform: null,
      type: "Email",
    },
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
