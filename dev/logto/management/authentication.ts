import { createLocalJWKSet, errors, type JWK, jwtVerify } from "jose";
import type Koa from "koa";
import { managementApi } from "../oidc/resources.ts";
import { ManagementError } from "./errors.ts";

const checkFailed = "Unauthorized. Please check credentials and its scope.";

/**
 * Requires a token for the Management API with scope `all`; else answers 401 or 403 as Logto does, without saying what is
 * wrong with the token.
 */
export function requireManagementToken(issuer: string, jwks: { keys: JWK[] }): Koa.Middleware {
  const keys = createLocalJWKSet({ keys: jwks.keys.map(({ d: _secret, ...key }) => key) });
  return async (ctx, next) => {
    const token = readBearerToken(ctx.get("authorization"));
    const scope = await verify(token);
    if (!scope.split(" ").includes("all")) {
      throw new ManagementError(
        403,
        "auth.forbidden",
        "Forbidden. Please check your user roles and permissions.",
      );
    }
    return next();
  };

  async function verify(token: string): Promise<string> {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: managementApi });
      return typeof payload["scope"] === "string" ? payload["scope"] : "";
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      throw new ManagementError(401, "auth.unauthorized", checkFailed);
    }
  }
}

function readBearerToken(header: string): string {
  if (!header) {
    throw new ManagementError(
      401,
      "auth.authorization_header_missing",
      "Authorization header is missing.",
    );
  }
  const [scheme, token] = header.split(" ");
  if (scheme !== "Bearer" || token === undefined) {
    throw new ManagementError(
      401,
      "auth.authorization_token_type_not_supported",
      "Authorization type is not supported.",
      { data: { supportedTypes: ["Bearer"] } },
    );
  }
  return token;
}
