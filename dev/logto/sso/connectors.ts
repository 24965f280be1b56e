import { type Queryable, toJson, type JsonObject } from "../store/database.ts";
import { createId } from "../store/ids.ts";

/** One enterprise's own identity provider, and the e-mail domains whose people are sent there. */
export type SsoConnector = {
  id: string;
  /** `OIDC` is the only kind here; Logto has SAML and several vendors' beside it. */
  providerName: string;
  connectorName: string;
  config: JsonObject;
  domains: string[];
  branding: JsonObject;
  syncProfile: boolean;
  createdAt: Date;
};
export type SsoConnectorChange = {
  [Field in Exclude<keyof SsoConnector, "id" | "createdAt">]?: SsoConnector[Field] | undefined;
};

const columns = (sql: Queryable) => sql`
  sso_connectors.id, sso_connectors.provider_name as "providerName",
  sso_connectors.connector_name as "connectorName", sso_connectors.config, sso_connectors.domains,
  sso_connectors.branding, sso_connectors.sync_profile as "syncProfile",
  sso_connectors.created_at as "createdAt"`;

function toColumns(sql: Queryable, change: SsoConnectorChange) {
  return Object.fromEntries(
    Object.entries({
      provider_name: change.providerName,
      connector_name: change.connectorName,
      config: change.config && sql.json(toJson(change.config)),
      domains: change.domains && sql.json(change.domains),
      branding: change.branding && sql.json(toJson(change.branding)),
      sync_profile: change.syncProfile,
    }).filter(([, value]) => value !== undefined),
  );
}

/** Fails with SQLSTATE 23505 when the name is taken. */
export async function createSsoConnector(
  sql: Queryable,
  connector: SsoConnectorChange,
): Promise<SsoConnector> {
  const values = { id: createId(12), ...toColumns(sql, connector) };
  const [created] = await sql<SsoConnector[]>`
    insert into sso_connectors ${sql(values)} returning ${columns(sql)}`;
  if (!created) throw new Error("the insert returned no row");
  return created;
}

export async function listSsoConnectors(sql: Queryable): Promise<SsoConnector[]> {
  const rows = await sql<SsoConnector[]>`
    select ${columns(sql)} from sso_connectors order by created_at desc`;
  return [...rows];
}

export async function findSsoConnector(
  sql: Queryable,
  id: string,
): Promise<SsoConnector | undefined> {
  const [connector] = await sql<SsoConnector[]>`
    select ${columns(sql)} from sso_connectors where id = ${id}`;
  return connector;
}

/** Of the part behind the `@`, in any case. */
export async function findSsoConnectorOfEmail(
  sql: Queryable,
  email: string,
): Promise<SsoConnector | undefined> {
  const [, domain] = email.toLowerCase().split("@");
  if (domain === undefined) return undefined;
  const [connector] = await sql<SsoConnector[]>`
    select ${columns(sql)} from sso_connectors where domains ? ${domain} order by created_at limit 1`;
  return connector;
}

export async function updateSsoConnector(
  sql: Queryable,
  id: string,
  change: SsoConnectorChange,
): Promise<SsoConnector | undefined> {
  const [connector] = await sql<SsoConnector[]>`
    update sso_connectors set ${sql(toColumns(sql, change))} where id = ${id} returning ${columns(sql)}`;
  return connector;
}

export async function deleteSsoConnector(sql: Queryable, id: string): Promise<boolean> {
  return (await sql`delete from sso_connectors where id = ${id} returning id`).length > 0;
}

/** Those whose newcomers become members of the organization. */
export async function listJitSsoConnectors(
  sql: Queryable,
  organizationId: string,
): Promise<SsoConnector[]> {
  const rows = await sql<SsoConnector[]>`
    select ${columns(sql)} from sso_connectors
    join organization_jit_sso_connectors on sso_connector_id = sso_connectors.id
    where organization_id = ${organizationId} order by sso_connectors.id`;
  return [...rows];
}

/** Fails with SQLSTATE 23503 when one is unknown. */
export async function addJitSsoConnectors(
  sql: Queryable,
  organizationId: string,
  connectorIds: string[],
): Promise<void> {
  await sql`
    insert into organization_jit_sso_connectors (organization_id, sso_connector_id)
    select ${organizationId}, added.id from unnest(${connectorIds}::text[]) as added (id)
    on conflict do nothing`;
}

export async function replaceJitSsoConnectors(
  sql: Queryable,
  organizationId: string,
  connectorIds: string[],
): Promise<void> {
  await sql`delete from organization_jit_sso_connectors where organization_id = ${organizationId}`;
  await addJitSsoConnectors(sql, organizationId, connectorIds);
}

export async function removeJitSsoConnector(
  sql: Queryable,
  organizationId: string,
  connectorId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_jit_sso_connectors
    where organization_id = ${organizationId} and sso_connector_id = ${connectorId} returning 1`;
  return rows.length > 0;
}
