import { errors, type KoaContextWithOIDC } from "oidc-provider";
import type { Database } from "../store/database.ts";
import { machines, people } from "../people/members.ts";

const organizationsScope = "urn:logto:scope:organizations";

class NotInOrganization extends errors.OIDCProviderError {
  constructor(description: string) {
    super(403, "access_denied");
    this.error_description = description;
  }
}

/** @returns the organization that a token is asked for: `organization_id` at the token endpoint. An empty one is ignored. */
export function organizationAskedFor({ oidc }: KoaContextWithOIDC): string | undefined {
  const id: unknown = oidc.route === "token" ? oidc.body?.["organization_id"] : undefined;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/**
 * Describes the audience and the scopes of an organization token: the scopes of the machine's or the person's roles there.
 * Of a person's scopes, the library keeps those that the sign-in asked for.
 *
 * @throws access_denied (403) when the machine or the person does not belong to the organization
 */
export async function describeOrganizationToken(
  sql: Database,
  { oidc }: KoaContextWithOIDC,
  organizationId: string,
  clientId: string,
): Promise<{ audience: string; scope: string }> {
  const audience = `urn:logto:organization:${organizationId}`;
  const refreshToken = oidc.entities.RefreshToken;
  if (!refreshToken) {
    if (!(await machines.members.has(sql, [organizationId], clientId)))
      throw new NotInOrganization("app has not associated with the organization");
    const scopes = await machines.listScopes(sql, [organizationId, clientId]);
    return { audience, scope: scopes.join(" ") };
  }
  if (!refreshToken.scopes.has(organizationsScope)) {
    const description = "refresh token missing required scope";
    throw new errors.InsufficientScope(description, organizationsScope);
  }
  const { accountId } = refreshToken;
  if (!(await people.members.has(sql, [organizationId], accountId)))
    throw new NotInOrganization("user is not a member of the organization");
  const scopes = await people.listScopes(sql, [organizationId, accountId]);
  return { audience, scope: scopes.join(" ") };
}
