import type { Database } from "../database/database.ts";
import type { RouteContext } from "../http/route.ts";
import { type PrincipalRow, readPrincipal, withShownEmail } from "../access/principal.ts";
import type { SessionAuthentication } from "../sessions/load-session.ts";
import type { OpenIdClient } from "../relying-party/relying-party.ts";
import { OpenIdError } from "../relying-party/error.ts";
import { invalidToken, unverifiableToken } from "./token-errors.ts";

/** The principal of a token. There is no session, so nothing is known about other organizations or a sign-in. */
export type TokenAuthentication = SessionAuthentication & {
  scopes: ReadonlySet<string>;
  clientId: string;
};

/**
 * Finds the principal of a token, and their role.
 *
 * @throws token.invalid, token.unverifiable
 */
export type AuthenticateToken = (
  ctx: RouteContext,
  token: string,
  organizationSlug: string,
) => Promise<TokenAuthentication>;

type Dependencies = {
  database: Pick<Database, "queryPrepared">;
  openId: Pick<OpenIdClient, "verifyOrganizationToken">;
};

/**
 * Authenticates by organization tokens: Logto names a token's subject and organization; our database finds that user and
 * their role, in one round trip (the SQL function `authenticate_token`).
 */
export function authenticateTokenWith({ database, openId }: Dependencies): AuthenticateToken {
  return async (ctx, token, organizationSlug) => {
    const { issuer, subject, logtoOrganizationId, clientId, scopes } = await openId
      .verifyOrganizationToken(token)
      .catch((error: unknown) => {
        throw translate(ctx, error);
      });
    const [row] = await database.queryPrepared<PrincipalRow>(
      "authenticate-token",
      withShownEmail("authenticate_token($1, $2, $3, $4)"),
      [issuer, subject, logtoOrganizationId, organizationSlug],
    );
    if (!row) throw refuse(ctx, "token: unknown user, or another organization");
    return {
      ...readPrincipal(row),
      organizations: [],
      lastOrganizationSlug: null,
      authenticationAge: null,
      scopes,
      clientId,
    };
  };
}

function translate(ctx: RouteContext, error: unknown): unknown {
  if (!(error instanceof OpenIdError)) return error;
  if (error.code !== "access_token_invalid") return unverifiableToken(error);
  return refuse(ctx, error.reason);
}

function refuse({ state }: RouteContext, reason: string) {
  state.logger.info({ reason }, "access token refused");
  return invalidToken();
}
