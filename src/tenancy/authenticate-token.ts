import type { Database } from "../database/database.ts";
import type { Read, RouteContext } from "../http/route.ts";
import { type PrincipalRow, readPrincipal } from "../access/principal.ts";
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
 * @param read a statement that reads in the same transaction; null for none
 * @throws token.invalid, token.unverifiable
 */
export type AuthenticateToken = (
  ctx: RouteContext,
  token: string,
  organizationSlug: string,
  read: Read<object> | null,
) => Promise<{ found: TokenAuthentication; rows: object[] }>;

type Dependencies = {
  database: Pick<Database, "queryTogether">;
  openId: Pick<OpenIdClient, "verifyOrganizationToken">;
};

const text = `
  select a.*, coalesce(u.email, i.email) as shown_email,
         case when u.email is null then i.proven_email else u.proven_email end is not null as is_shown_email_proven
    from authenticate_token($1, $2, $3, $4) a join users u on u.id = a.user_id
    left join identities i on i.user_id = u.id and i.provider = 'huggingface'`;

/**
 * Authenticates by organization tokens: Logto names a token's subject and organization; our database finds that user and
 * their role, in one round trip (the SQL function `authenticate_token`).
 */
export function authenticateTokenWith({ database, openId }: Dependencies): AuthenticateToken {
  return async (ctx, token, organizationSlug, read) => {
    const { issuer, subject, logtoOrganizationId, clientId, scopes } = await openId
      .verifyOrganizationToken(token)
      .catch((error: unknown) => {
        throw translate(ctx, error);
      });
    const [found, rows = []] = await database.queryTogether([
      {
        name: "authenticate-token",
        text,
        values: [issuer, subject, logtoOrganizationId, organizationSlug],
      },
      ...(read ? [read] : []),
    ]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns of the statement
    const [row] = (found ?? []) as PrincipalRow[];
    if (!row) throw refuse(ctx, "token: unknown user, or another organization");
    return {
      found: {
        ...readPrincipal(row),
        organizations: null,
        lastOrganizationSlug: null,
        authenticationAge: null,
        timeZone: null,
        scopes,
        clientId,
      },
      rows,
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
