import { type Queryable, toJson, type JsonObject } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import { changeSignInExperience, readSignInExperience } from "./sign-in-experience.ts";

export type Connector = {
  id: string;
  connectorId: string;
  config: JsonObject;
  syncProfile: boolean;
};

/** What Logto calls its own connector for Hugging Face, and by what target it is chosen at sign-in. */
export const huggingFaceConnector = { connectorId: "huggingface-universal", target: "huggingface" };

/** Logto's own connector for a mail server. */
export const emailConnector = { connectorId: "simple-mail-transfer-protocol", target: "smtp" };

const connectorColumns = (sql: Queryable) => sql`
  id, connector_id as "connectorId", config, sync_profile as "syncProfile"`;

export async function listConnectors(sql: Queryable): Promise<Connector[]> {
  const connectors = await sql<Connector[]>`
    select ${connectorColumns(sql)} from connectors order by created_at`;
  return [...connectors];
}

export async function findConnector(sql: Queryable, id: string): Promise<Connector | undefined> {
  const [connector] = await sql<Connector[]>`
    select ${connectorColumns(sql)} from connectors where id = ${id}`;
  return connector;
}

/** Hugging Face's, if it is set up. */
export const findHuggingFaceConnector = (sql: Queryable) =>
  findByKind(sql, huggingFaceConnector.connectorId);

/** The one by which codes are mailed, if it is set up. */
export const findEmailConnector = (sql: Queryable) => findByKind(sql, emailConnector.connectorId);

async function findByKind(sql: Queryable, connectorId: string): Promise<Connector | undefined> {
  const [connector] = await sql<Connector[]>`
    select ${connectorColumns(sql)} from connectors where connector_id = ${connectorId}`;
  return connector;
}

/** Undefined when there is one of that kind already. */
export async function createConnector(
  sql: Queryable,
  { connectorId, config, syncProfile }: Omit<Connector, "id">,
): Promise<Connector | undefined> {
  const [connector] = await sql<Connector[]>`
    insert into connectors (id, connector_id, config, sync_profile)
    values (${createId(12)}, ${connectorId}, ${sql.json(toJson(config))}, ${syncProfile})
    on conflict do nothing returning ${connectorColumns(sql)}`;
  return connector;
}

export async function updateConnector(
  sql: Queryable,
  id: string,
  { config, syncProfile }: Pick<Connector, "config" | "syncProfile">,
): Promise<Connector | undefined> {
  const [connector] = await sql<Connector[]>`
    update connectors set config = ${sql.json(toJson(config))}, sync_profile = ${syncProfile}
    where id = ${id} returning ${connectorColumns(sql)}`;
  return connector;
}

export async function deleteConnector(sql: Queryable, id: string): Promise<boolean> {
  return (await sql`delete from connectors where id = ${id} returning id`).length > 0;
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

/** A mail server, as the connector for it has it. */
export type MailServer = {
  host: string;
  port: number;
  fromEmail: string;
  secure?: boolean;
  auth?: { user: string; pass: string };
};

/** A code can be mailed for each of these. */
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
