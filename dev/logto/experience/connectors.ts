import { type Queryable, toJson, type JsonObject } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import { defineTable, toColumns } from "../store/table.ts";
import { changeSignInExperience, readSignInExperience } from "./sign-in-experience.ts";

export type Connector = {
  id: string;
  connectorId: string;
  config: JsonObject;
  syncProfile: boolean;
};

/** Logto's own connector for Hugging Face, and the target by which a sign-in chooses it. */
export const huggingFaceConnector = { connectorId: "huggingface-universal", target: "huggingface" };

/** Logto's own connector for a mail server. */
export const emailConnector = { connectorId: "simple-mail-transfer-protocol", target: "smtp" };

export const connectorTable = defineTable<Connector>("connectors", 12);

export async function listConnectors(sql: Queryable): Promise<Connector[]> {
  return [...(await sql<Connector[]>`select * from connectors order by created_at`)];
}

/** Finds the connector for Hugging Face, if it is set up. */
export const findHuggingFaceConnector = (sql: Queryable) =>
  findByKind(sql, huggingFaceConnector.connectorId);

/** Finds the connector that mails codes, if it is set up. */
export const findEmailConnector = (sql: Queryable) => findByKind(sql, emailConnector.connectorId);

async function findByKind(sql: Queryable, connectorId: string): Promise<Connector | undefined> {
  const [connector] = await sql<Connector[]>`
    select * from connectors where connector_id = ${connectorId}`;
  return connector;
}

/** @returns undefined when there is one of that kind already */
export async function createConnector(
  sql: Queryable,
  connector: Omit<Connector, "id">,
): Promise<Connector | undefined> {
  const values = { id: createId(12), ...toColumns(sql, connector) };
  const [created] = await sql<Connector[]>`
    insert into connectors ${sql(values)} on conflict do nothing returning *`;
  return created;
}

/** Sets up the connector that the stand-in is started with, and its button on the sign-in page. */
export async function storeGivenConnector(
  sql: Queryable,
  id: string,
  config: { clientId: string; clientSecret: string; scope: string },
): Promise<void> {
  const { connectorId, target } = huggingFaceConnector;
  await sql`
    insert into connectors (id, connector_id, config)
    values (${id}, ${connectorId}, ${sql.json(config)})
    on conflict (connector_id) do update set config = connectors.config || excluded.config`;
  const { socialSignInConnectorTargets: targets } = await readSignInExperience(sql);
  await changeSignInExperience(sql, {
    socialSignInConnectorTargets: [...new Set([...targets, target])],
  });
}

/** The settings of a connector for a mail server. */
export type MailServer = {
  host: string;
  port: number;
  fromEmail: string;
  secure?: boolean;
  auth?: { user: string; pass: string };
};

/** Logto mails codes for these. */
const usages = [
  "Register",
  "SignIn",
  "ForgotPassword",
  "Generic",
  "UserPermissionValidation",
  "BindNewIdentifier",
];

/** Sets up the mail connector that the stand-in is started with. */
export async function storeGivenMailConnector(sql: Queryable, server: MailServer): Promise<void> {
  const templates = usages.map((usageType) => ({
    usageType,
    contentType: "text/plain",
    subject: "Your code: {{code}}",
    content: "Your code is {{code}}. It is good for ten minutes.",
  }));
  const config = sql.json(toJson({ secure: false, ...server, templates }));
  await sql`
    insert into connectors (id, connector_id, config)
    values (${createId(12)}, ${emailConnector.connectorId}, ${config})
    on conflict (connector_id) do update set config = excluded.config`;
}
