import { defineErrors } from "../http/errors.ts";

const tokenError = defineErrors({
  "token.invalid": {
    status: 401,
    title: "This access token is not valid",
    detail:
      "It has expired, was not issued for this organization, or belongs to nobody who may use it. Get another one.",
  },
  "token.insufficient_scope": {
    status: 403,
    title: "This access token is not for that",
    detail:
      "Your role in this organization allows it, but the token was issued without that scope. Get one that has it.",
  },
  "token.unverifiable": {
    status: 503,
    title: "Access tokens cannot be checked right now",
    detail: "Our identity provider does not answer. Please try again in a minute.",
  },
});

/** Refuses a token (RFC 6750, section 3.1). */
export const invalidToken = () =>
  tokenError("token.invalid", {
    headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
  });

/** The provider's keys cannot be fetched, so the token cannot be checked. */
export const unverifiableToken = (cause: unknown) =>
  tokenError("token.unverifiable", { headers: { "Retry-After": "10" }, cause });

/**
 * Refuses an act that the token was not issued for, whatever its subject's role permits. A session has no scopes and passes.
 *
 * @throws token.insufficient_scope
 */
export function requireScope(
  { scopes }: { scopes?: ReadonlySet<string> | undefined },
  scope: string,
): void {
  if (scopes === undefined || scopes.has(scope)) return;
  throw tokenError("token.insufficient_scope", {
    headers: { "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}
