import { OpenIdError } from "./error.ts";

/** Parameters of an authorization response; each may be there once (RFC 6749 section 3.1). */
const parameters = ["state", "iss", "error", "code"] as const;

/** The errors of the provider that we name; any other is `other`, since its own words are never repeated. */
const knownDenials: ReadonlySet<string> = new Set([
  "access_denied",
  "login_required",
  "consent_required",
  "interaction_required",
  "account_selection_required",
  "server_error",
  "temporarily_unavailable",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "unauthorized_client",
]);

type CallbackExpectation = {
  state: string;
  issuer: string;
  /** Whether the provider always names itself in `iss`; asked only when it did not. */
  sendsIssuer: () => Promise<boolean>;
};

/**
 * Reads the authorization code from the callback's query. The order matters: it believes nothing, not even an error,
 * before `state` (RFC 6749 section 10.12) and `iss` (RFC 9207 section 2.4) are right. The SDK looks at `error` first
 * and never at `iss`.
 *
 * @throws OpenIdError `callback_invalid`, or `authorization_denied` whose `reason` is a fixed word
 */
export async function readAuthorizationCode(
  searchParams: URLSearchParams,
  expectation: CallbackExpectation,
): Promise<string> {
  for (const name of parameters) {
    if (searchParams.getAll(name).length > 1) throw invalid(`${name} is there twice`);
  }
  if (expectation.state === "" || searchParams.get("state") !== expectation.state)
    throw invalid("state is wrong");

  const issuer = searchParams.get("iss");
  if (issuer !== null && issuer !== expectation.issuer) throw invalid("iss is wrong");

  const error = searchParams.get("error");
  if (error !== null) {
    throw new OpenIdError("authorization_denied", knownDenials.has(error) ? error : "other");
  }
  if (issuer === null && (await expectation.sendsIssuer())) throw invalid("iss is absent");

  const code = searchParams.get("code");
  if (!code) throw invalid("code is absent");
  return code;
}

const invalid = (reason: string) => new OpenIdError("callback_invalid", reason);
