import LogtoClient, { type Storage, UserScope } from "@logto/node";
import { z } from "zod";
import type { Discovery } from "./discovery.ts";
import { invalidAnswer, parseAnswer } from "./error.ts";
import type { OpenIdRequester } from "./requester.ts";

/**
 * Without `offline_access`, Logto issues no refresh token, unless it is set to issue one always. So none can leak or be
 * lost.
 */
const scopes = [
  "openid",
  UserScope.Profile,
  UserScope.Email,
  UserScope.Identities,
  UserScope.Organizations,
  UserScope.OrganizationRoles,
];

type SdkClientOptions = {
  endpoint: string;
  appId: string;
  appSecret: string;
  discovery: Discovery;
  request: OpenIdRequester;
  /** Ends every call the client makes. */
  signal?: AbortSignal;
  signIn?: { state: string; codeVerifier: string; redirectUri: string };
  verifyIdToken?: (idToken: string) => Promise<void>;
};

/**
 * Makes an SDK client for one act of one person (start, finish or end a sign-in). It closes holes that were found in
 * @logto/node 3.1.11: storage in memory that never rejects (a rejection in the constructor ends the process), validated
 * discovery instead of a cache that keeps a bad answer, our requester and our ID token checks. `visited()` is the address
 * to which the SDK sends the browser.
 */
export function createSdkClient(options: SdkClientOptions) {
  const { endpoint, appId, appSecret, discovery, signIn } = options;
  let destination: string | undefined;

  const client = new LogtoClient(
    { endpoint, appId, appSecret, scopes, includeReservedScopes: false },
    {
      storage: createMemoryStorage(signIn && { signInSession: JSON.stringify(signIn) }),
      unstable_cache: createMemoryStorage({ openidConfiguration: JSON.stringify(discovery) }),
      // oxlint-disable typescript/no-unsafe-type-assertion -- the SDK's type lets its requester promise any shape; the
      // token answer is checked below, and userinfo, the only other one, by who asked for it.
      requester: async <T>(input: string | URL | Request, init?: RequestInit) =>
        (await answer(options, input, init)) as T,
      // oxlint-enable typescript/no-unsafe-type-assertion
      navigate: (url) => {
        destination = url;
      },
      ...(signIn && {
        generateState: () => signIn.state,
        generateCodeVerifier: () => signIn.codeVerifier,
      }),
    },
    () => ({
      verifyIdToken:
        options.verifyIdToken ??
        (() => Promise.reject(invalidAnswer("id_token: none was expected"))),
    }),
  );

  return {
    client,
    visited: (): string => {
      if (destination === undefined) throw new Error("The SDK did not navigate.");
      return destination;
    },
  };
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  id_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  // At least one second, because the SDK would try to refresh an expired access token.
  expires_in: z.number().min(1).default(60),
  scope: z.string().default(""),
});

/** The SDK may reach exactly two endpoints. */
async function answer(
  { appId, appSecret, discovery, request, signal }: SdkClientOptions,
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<unknown> {
  const url = input instanceof Request ? input.url : input.toString();
  const headers = Object.fromEntries(new Headers(init.headers));
  const cut = signal && { signal };

  if (url === discovery.userinfoEndpoint)
    return request({ url, headers, retry: "failure", ...cut });
  if (url !== discovery.tokenEndpoint || typeof init.body !== "string")
    throw invalidAnswer("request to an unexpected address");

  // The SDK adds it only when its requester is not replaced. Encoding: RFC 6749 section 2.3.1.
  const credentials = `${encodeForm(appId)}:${encodeForm(appSecret)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  const sent = { url, method: "POST", headers: { ...headers, authorization } } as const;
  const tokens = await request({ ...sent, body: init.body, ...cut });
  return parseAnswer(tokenAnswer, tokens, (reason) => invalidAnswer(`token: ${reason}`));
}

const encodeForm = (value: string) => new URLSearchParams({ "": value }).toString().slice(1);

function createMemoryStorage(initial: Record<string, string> = {}): Storage<string> {
  const items = new Map(Object.entries(initial));
  return {
    getItem: (key) => Promise.resolve(items.get(key) ?? null),
    setItem: (key, value) => Promise.resolve(void items.set(key, value)),
    removeItem: (key) => Promise.resolve(void items.delete(key)),
  };
}
