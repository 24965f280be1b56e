import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import { type Adapter, type AdapterPayload, Provider } from "oidc-provider";
import type { Members } from "./recordings.ts";

export type Enterprise = {
  /** For a connector's config. */
  config: { issuer: string; clientId: string; clientSecret: string };
  /** The claims of the person at the browser; undefined: the person does not sign in. */
  visitor: (Members & { sub: string }) | undefined;
  /** `login_hint` of the latest request. */
  readonly loginHint: unknown;
  /** The only address people are sent back to. */
  acceptRedirectsTo(redirectUri: string): void;
  stop(): Promise<void>;
};

/** A company's own identity provider, without pages: the test says who is signed in there. */
export async function startEnterprise(): Promise<Enterprise> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { client_id: "logto-at-acme", client_secret: "between companies" };
  const redirectUris: string[] = [];
  const people = new Map<string, Members & { sub: string }>();
  let loginHint: unknown;

  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kty: "RSA", use: "sig", alg: "RS256" }] },
    adapter: createMemory(() => ({ ...client, redirect_uris: redirectUris })),
    claims: {
      profile: "name picture profile website preferred_username isPro canPay orgs".split(" "),
      email: ["email", "email_verified"],
    },
    cookies: { keys: ["only for tests"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => false },
    // Given, though any would do: a default that is called prints a notice.
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => people.get(id) ?? { sub: id },
    }),
    async loadExistingGrant(ctx) {
      const { client: asking, session } = ctx.oidc;
      const grant = new provider.Grant({
        clientId: asking?.clientId ?? "",
        accountId: session?.accountId ?? "",
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  async function signIn(...[request, response]: Parameters<typeof answer>): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    loginHint = params["login_hint"];
    const { visitor } = enterprise;
    if (visitor) people.set(visitor.sub, visitor);
    const result = visitor
      ? { login: { accountId: visitor.sub } }
      : { error: "access_denied", error_description: "nobody is in" };
    await provider.interactionFinished(request, response, result);
  }
  server.on("request", (request, response) => {
    const isSignIn = request.url?.startsWith("/sign-in/");
    void (isSignIn ? signIn(request, response) : answer(request, response));
  });

  const enterprise: Enterprise = {
    config: { issuer, clientId: client.client_id, clientSecret: client.client_secret },
    visitor: undefined,
    get loginHint() {
      return loginHint;
    },
    acceptRedirectsTo(redirectUri) {
      redirectUris.splice(0, Infinity, redirectUri);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return enterprise;
}

function createMemory(client: () => AdapterPayload): (model: string) => Adapter {
  return (model) => {
    const stored = new Map<string, AdapterPayload>();
    const find = (fits: (payload: AdapterPayload) => boolean) =>
      Promise.resolve([...stored.values()].find(fits));
    return {
      upsert: async (id, payload) => void stored.set(id, payload),
      find: async (id) => (model === "Client" ? client() : stored.get(id)),
      findByUid: (uid) => find((payload) => payload.uid === uid),
      findByUserCode: (userCode) => find((payload) => payload.userCode === userCode),
      consume: async (id) => void stored.set(id, { ...stored.get(id), consumed: 1 }),
      destroy: async (id) => void stored.delete(id),
      revokeByGrantId: async () => undefined,
    };
  };
}
