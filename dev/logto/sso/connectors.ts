import type { JsonObject, Queryable } from "../store/database.ts";
import { defineTable } from "../store/table.ts";

/** An enterprise's own identity provider, and the email domains whose people are sent there. */
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

/** A name that is taken fails with SQLSTATE 23505. */
export const ssoConnectorTable = defineTable<SsoConnector>("sso_connectors", 12);

export async function listSsoConnectors(sql: Queryable): Promise<SsoConnector[]> {
  return [...(await sql<SsoConnector[]>`select * from sso_connectors order by created_at desc`)];
}

/** Finds the connector for the domain of an address, in any case. */
export async function findSsoConnectorOfEmail(
  sql: Queryable,
  email: string,
): Promise<SsoConnector | undefined> {
  const [, domain] = email.toLowerCase().split("@");
  if (domain === undefined) return undefined;
  const [connector] = await sql<SsoConnector[]>`
    select * from sso_connectors where domains ? ${domain} order by created_at limit 1`;
  return connector;
}

/** The connectors whose newcomers become members of the organization. */
export async function listSsoConnectorsOf(
  sql: Queryable,
  organizationId: string,
): Promise<SsoConnector[]> {
  const rows = await sql<SsoConnector[]>`
    select sso_connectors.* from sso_connectors
    join organization_jit_sso_connectors on sso_connector_id = sso_connectors.id
    where organization_id = ${organizationId} order by sso_connectors.id`;
  return [...rows];
}
