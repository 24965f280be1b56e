import { randomBytes } from "node:crypto";
import { LogtoClientError, LogtoError, Prompt } from "@logto/node";
import { readAuthorizationCode } from "./authorization-response.ts";
import { describePerson } from "./claims.ts";
import type { AuthenticatedPerson } from "../identity/profile.ts";
import { invalidAnswer, OpenIdError } from "./error.ts";
import { type IdTokenClaims, verifyIdToken } from "./id-token.ts";
import type { JwtExpectation } from "./jwt.ts";
import { type LogoutRequest, verifyLogoutToken } from "./logout-token.ts";
import { type OrganizationToken, verifyOrganizationToken } from "./organization-token.ts";
import { createOpenIdProvider, within } from "./provider.ts";
import { createSdkClient } from "./sdk-client.ts";

export type OpenIdClientOptions = {
  /** The origin of Logto, as `baseUrl` is ours: without a slash at its end. */
  endpoint: string;
  appId: string;
  appSecret: string;
  /** The redirect URI is `/callback` below it. */
  baseUrl: string;
  /** Milliseconds for one call to the provider; default 3000. */
  requestTimeout?: number;
  clock?: () => Date;
  logger?: { warn(fields: object, message: string): void };
};

export type SignInRequest = {
  /** At least 256 random bits each, base64url. */
  state: string;
  nonce: string;
  /** Skips the provider's own page: straight to a social connector, or to an enterprise connector. */
  directSignIn?: { method: "social"; target: "huggingface" } | { method: "sso"; target: string };
  firstScreen?: "register";
  loginHint?: string;
  prompt?: "login";
  /** The person authenticates again if that was longer ago, and the provider tells when it was. Seconds. */
  maxAge?: number;
};

type SignInCompletion = {
  /** The query of the callback. */
  searchParams: URLSearchParams;
  state: string;
  nonce: string;
  codeVerifier: string;
};

export type OpenIdClient = ReturnType<typeof createOpenIdClient>;

/** After this time, sign-out goes on without the provider. Milliseconds: one second in all. */
const endSessionBudget = 800;

/**
 * The OpenID Connect relying party on top of @logto/node. It knows neither cookies nor a database.
 * All sign-ins of the process share discovery and keys; it keeps nothing else, above all no token.
 */
export function createOpenIdClient(options: OpenIdClientOptions) {
  const { endpoint, appId, appSecret, baseUrl, requestTimeout = 3_000, logger } = options;
  const clock = options.clock ?? (() => new Date());
  const provider = createOpenIdProvider({ endpoint, requestTimeout, clock, logger });
  const { issuer, discovery, keys } = provider;
  const expectation = { issuer, clientId: appId, discovery, keys, clock };
  const sdk = { endpoint, appId, appSecret, request: provider.request };
  const party = { provider, sdk, expectation, redirectUri: `${baseUrl}/callback` };

  return {
    issuer,
    /** Whether the provider answered when it was last needed or probed; "up" before that. */
    status: provider.status,
    /** Asks the provider for its discovery and keys, for `status()`, within twice the timeout of a call; never throws. */
    probe: provider.probe,
    /**
     * Makes the address to send the browser to, and the secret to keep for that browser until it returns.
     *
     * @throws OpenIdError when the provider does not answer now: the browser would see a dead page
     */
    startSignIn: (request: SignInRequest) => startSignIn(party, request),
    /**
     * Checks the callback, spends its code and describes the person. Call it once per `state`: claim the stored row
     * before, never retry after (RFC 6749 section 4.1.2: a code used twice revokes what it gave).
     *
     * @throws OpenIdError and nothing else, within 5 s whatever the provider does
     */
    async completeSignIn(completion: SignInCompletion): Promise<AuthenticatedPerson> {
      // Half as long again as one call, and always within the 5 s that a person waits at most.
      const signal = AbortSignal.timeout(Math.min(requestTimeout * 1.5, 4_500));
      try {
        return await within(signal, exchangeCode(party, completion, signal));
      } catch (error) {
        const named = nameSdkError(error);
        if (named instanceof OpenIdError) provider.report(named);
        throw named;
      }
    },
    /**
     * Checks a logout token, which anybody may have sent.
     *
     * @throws OpenIdError `logout_token_invalid` or `clock_skew` for a token that is refused; others when the provider's
     *   keys cannot be loaded now
     */
    verifyLogoutToken: (logoutToken: string): Promise<LogoutRequest> =>
      within(AbortSignal.timeout(requestTimeout), verifyLogoutToken(logoutToken, expectation)),
    /**
     * Checks an access token for an organization.
     *
     * @throws OpenIdError `access_token_invalid`, or others when the provider's keys cannot be loaded now
     */
    verifyOrganizationToken: (token: string): Promise<OrganizationToken> =>
      within(AbortSignal.timeout(requestTimeout), verifyOrganizationToken(token, expectation)),
    /** The address that ends the session at the provider; null when the provider does not answer. */
    async endSessionUrl(): Promise<string | null> {
      const signal = AbortSignal.timeout(Math.min(requestTimeout, endSessionBudget));
      try {
        const live = await within(signal, provider.readLiveDiscovery());
        const { client, visited } = createSdkClient({ ...sdk, discovery: live });
        await client.signOut(`${baseUrl}/`);
        return visited();
      } catch (error) {
        if (error instanceof OpenIdError) return null;
        throw error;
      }
    },
  };
}

type Party = {
  provider: ReturnType<typeof createOpenIdProvider>;
  sdk: Pick<Parameters<typeof createSdkClient>[0], "endpoint" | "appId" | "appSecret" | "request">;
  expectation: JwtExpectation & { clientId: string };
  redirectUri: string;
};

async function startSignIn({ provider, sdk, redirectUri }: Party, request: SignInRequest) {
  requireUnguessable(request.state);
  requireUnguessable(request.nonce);
  const { state, nonce, directSignIn, firstScreen, loginHint, prompt, maxAge } = request;
  const codeVerifier = randomBytes(32).toString("base64url");
  const { client, visited } = createSdkClient({
    ...sdk,
    discovery: await provider.readLiveDiscovery(),
    signIn: { state, codeVerifier, redirectUri },
  });
  await client.signIn({
    redirectUri,
    clearTokens: false,
    extraParams: { nonce, ...(maxAge !== undefined && { max_age: String(maxAge) }) },
    ...(directSignIn && { directSignIn }),
    ...(firstScreen && { firstScreen }),
    ...(loginHint && { loginHint }),
    ...(prompt && { prompt: Prompt.Login }),
  });
  return { authorizationUrl: visited(), codeVerifier };
}

async function exchangeCode(
  { sdk, expectation, redirectUri }: Party,
  { searchParams, state, nonce, codeVerifier }: SignInCompletion,
  signal: AbortSignal,
): Promise<AuthenticatedPerson> {
  const { issuer, discovery } = expectation;
  const code = await readAuthorizationCode(searchParams, {
    state,
    issuer,
    sendsIssuer: async () => (await discovery.read()).sendsIssuer,
  });
  let idToken: IdTokenClaims | undefined;
  const { client } = createSdkClient({
    ...sdk,
    discovery: await discovery.read(),
    signal,
    signIn: { state, codeVerifier, redirectUri },
    verifyIdToken: async (token) => {
      idToken = await verifyIdToken(token, { ...expectation, nonce });
    },
  });
  // The address is rebuilt from what was checked: the SDK compares only the beginning of addresses.
  const callback = new URLSearchParams({ code, state });
  await client.handleSignInCallback(`${redirectUri}?${callback.toString()}`);
  if (!idToken) throw invalidAnswer("id_token: not verified");
  return describePerson(idToken, await client.fetchUserInfo());
}

function requireUnguessable(value: string): void {
  if (!/^[\w-]{43,}$/.test(value)) throw new TypeError("state and nonce need 256 random bits.");
}

function nameSdkError(error: unknown): unknown {
  const isOfSdk = error instanceof LogtoError || error instanceof LogtoClientError;
  return isOfSdk ? invalidAnswer(`sdk: ${error.code}`) : error;
}
