import { errors, type KoaContextWithOIDC, type ResourceServer } from "oidc-provider";
import type { Database } from "../store/database.ts";
import { describeOrganizationToken, organizationAskedFor } from "./organization-tokens.ts";
import { listScopes } from "../people/organization-roles.ts";

export const managementApi = "https://default.logto.app/api";
const organizations = "urn:logto:resource:organizations";

/** Access tokens for a resource are JWTs (`typ: at+jwt`, ES384); those without one are opaque. */
const format = {
  accessTokenFormat: "jwt",
  accessTokenTTL: 3600,
  jwt: { sign: { alg: "ES384" } },
} as const;

/**
 * The resources a token may be asked for: the Management API (scope `all`, for one machine), and Logto's
 * reserved organization resource, which @logto/node adds by itself and which lists every organization scope.
 */
export async function findResourceServer(
  { sql, manager }: { sql: Database; manager: string },
  ctx: KoaContextWithOIDC,
  resource: string,
  clientId: string,
): Promise<ResourceServer> {
  if (resource === managementApi) return { ...format, scope: clientId === manager ? "all" : "" };
  const organizationId = organizationAskedFor(ctx);
  if (resource === organizations && organizationId !== undefined) {
    return { ...format, ...(await describeOrganizationToken(sql, ctx, organizationId, clientId)) };
  }
  if (resource === organizations) {
    const { rows: scopes } = await listScopes(sql, {});
    return { ...format, scope: scopes.map(({ name }) => name).join(" ") };
  }
  throw new errors.InvalidTarget();
}

/**
 * Logto has no default resource: a machine must name a resource or an organization. For the library, a token for one
 * organization is a token for the reserved organization resource, with another audience.
 */
export function chooseDefaultResource(
  ctx: KoaContextWithOIDC,
  oneOf?: readonly string[],
): string | string[] | undefined {
  if (organizationAskedFor(ctx) !== undefined) return organizations;
  if (oneOf) return [...oneOf];
  if (ctx.oidc.params?.["grant_type"] === "client_credentials") {
    throw new errors.InvalidTarget("both `resource` and `organization_id` are not provided");
  }
  return undefined;
}
