import { OAuthError, type Application } from "./application.ts";

/** A checked request of an application. */
export type AuthorizationRequest = {
  application: Application;
  redirectUri: string;
  scopes: string[];
  state: string | undefined;
  nonce: string | undefined;
  /** S256 (RFC 7636); optional for an application that has a secret. */
  codeChallenge: string | undefined;
  /** The parameters as they came, to carry from page to page. */
  parameters: URLSearchParams;
};

/** Tells a person what each scope lets an application do. */
export const scopeMeanings: Record<string, string> = {
  openid: "Know who you are",
  profile: "Read your profile: name, username, picture and which organizations you are in",
  email: "Read your email address",
  "read-memberships": "Read your role in each of your organizations",
  "read-billing": "Know whether you have a payment method",
  "read-repos": "Read your repositories",
  "write-repos": "Read and write your repositories",
  "manage-repos": "Create and delete your repositories",
  "inference-api": "Use the Inference API for you",
  "write-discussions": "Open discussions and comment for you",
};

/**
 * Nothing may be sent to an address that is not registered; the page tells the person instead (RFC 6749 section 4.1.2.1).
 *
 * @throws {OAuthError} unknown application or redirect URI
 */
export function checkAddressee(
  parameters: URLSearchParams,
  applications: readonly Application[],
): Pick<AuthorizationRequest, "application" | "redirectUri"> {
  const application = applications.find((each) => each.clientId === parameters.get("client_id"));
  if (application === undefined) {
    throw new OAuthError("invalid_client", "There is no application with this client_id.");
  }
  const redirectUri = parameters.get("redirect_uri") ?? "";
  if (!application.redirectUris.some((registered) => isCovered(redirectUri, registered))) {
    throw new OAuthError(
      "invalid_redirect_uri",
      `The application has not registered this redirect_uri: ${redirectUri || "(none)"}`,
    );
  }
  return { application, redirectUri };
}

/** @throws {OAuthError} what is wrong with the request, to be sent to the redirect URI */
export function checkRequest(
  parameters: URLSearchParams,
  addressee: Pick<AuthorizationRequest, "application" | "redirectUri">,
): AuthorizationRequest {
  if (parameters.get("response_type") !== "code") {
    throw new OAuthError("unsupported_response_type", "Only response_type=code is supported");
  }
  const scopes = (parameters.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  const unknown = scopes.filter((scope) => !Object.hasOwn(scopeMeanings, scope));
  if (scopes.length === 0 || unknown.length > 0) {
    throw new OAuthError("invalid_scope", `Unknown scope: ${unknown.join(" ") || "(none given)"}`);
  }
  const codeChallenge = parameters.get("code_challenge") ?? undefined;
  if (codeChallenge !== undefined && parameters.get("code_challenge_method") !== "S256") {
    throw new OAuthError("invalid_request", "Only code_challenge_method=S256 is supported");
  }
  return {
    ...addressee,
    scopes,
    state: parameters.get("state") ?? undefined,
    nonce: parameters.get("nonce") ?? undefined,
    codeChallenge,
    parameters,
  };
}

/**
 * Accepts the registered address; or, where a registered one ends in `/*`, any last segment. The real Hugging Face has no
 * such pattern, but Logto makes up the ids of its connectors, and that segment is one.
 */
function isCovered(redirectUri: string, registered: string): boolean {
  if (!registered.endsWith("/*")) return redirectUri === registered;
  const prefix = registered.slice(0, -1);
  return (
    redirectUri.startsWith(prefix) && /^[A-Za-z0-9_-]+$/.test(redirectUri.slice(prefix.length))
  );
}
