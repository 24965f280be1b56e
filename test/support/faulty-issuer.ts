import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import discoveryDocument from "../fixtures/openid/discovery.json" with { type: "json" };
import people from "../fixtures/openid/people.json" with { type: "json" };
import refusals from "../fixtures/openid/token-refusals.json" with { type: "json" };
import {
  createKey,
  type Fault,
  misbehave,
  publishKey,
  send,
  signClaims,
  type SigningKey,
} from "./issuer-faults.ts";

type EndpointName = "discovery" | "jwks" | "token" | "userinfo";

type Claims = Record<string, unknown>;
type Grant = { nonce: string | null; challenge: string; redirectUri: string };
const paths: Record<string, EndpointName> = {
  "/oidc/.well-known/openid-configuration": "discovery",
  "/oidc/jwks": "jwks",
  "/oidc/token": "token",
  "/oidc/me": "userinfo",
};

export type FaultyIssuer = Awaited<ReturnType<typeof startFaultyIssuer>>;

/**
 * A small OpenID provider on 127.0.0.1 that signs people in without a question and misbehaves on request. Otherwise it
 * is correct: it checks client authentication, PKCE and the single use of codes, and its claims and refusals are
 * recordings of Logto.
 */
export async function startFaultyIssuer() {
  const appId = "8uz43f7ymgbejrs9v8r6u";
  const appSecret = "a secret: with +, % and é";
  const grants = new Map<string, Grant>();
  const accessTokens = new Set<string>();
  const requests: { endpoint: string; headers: IncomingMessage["headers"]; body: string }[] = [];

  const issuer = {
    endpoint: "",
    appId,
    appSecret,
    requests,
    faults: {} as Partial<Record<EndpointName, Fault>>,
    discovery: {} as Claims,
    person: "olivia" as keyof typeof people,
    /** Overrides; a claim set to undefined is left out. */
    idToken: {
      claims: {} as Claims,
      algorithm: "ES384" as "ES384" | "HS256" | "none",
      hasKeyId: true,
      signer: undefined as SigningKey | undefined,
    },
    userinfo: {} as Claims,
    /** Overrides for the answer of the token endpoint. */
    token: {} as Claims,
    clock: () => new Date(),
    signingKey: await createKey(),
    extraKeys: [] as SigningKey[],
    count: (endpoint: string) => requests.filter((seen) => seen.endpoint === endpoint).length,
    rotateKey: async () => {
      issuer.signingKey = await createKey();
    },
    createKey,
    /** Sends a browser to the authorization endpoint. @returns the query of the callback */
    authorize: async (url: string): Promise<URLSearchParams> => {
      const response = await fetch(url, { redirect: "manual" });
      const location = response.headers.get("location");
      if (!location) throw new Error(`Refused: ${await response.text()}`);
      return new URL(location).searchParams;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer.endpoint);
    const endpoint = paths[url.pathname];
    const body = await text(request);
    requests.push({ endpoint: endpoint ?? url.pathname, headers: request.headers, body });
    if (url.pathname === "/oidc/auth") return authorize(url.searchParams, response);
    if (!endpoint) return send(response, 404, { error: "invalid_request" });

    const fault = issuer.faults[endpoint];
    if (fault !== undefined && !(await misbehave(fault, response))) return;
    if (endpoint === "discovery") return send(response, 200, describeIssuer());
    if (endpoint === "jwks") return send(response, 200, { keys: await publishKeys() });
    if (endpoint === "userinfo") return sendUserinfo(request, response);
    return redeem(request, new URLSearchParams(body), response);
  }

  const describeIssuer = (): Claims => ({
    ...Object.fromEntries(
      Object.entries(discoveryDocument).map(([name, value]) => [
        name,
        typeof value === "string" ? value.replace("http://127.0.0.1:3301", issuer.endpoint) : value,
      ]),
    ),
    ...issuer.discovery,
  });

  const publishKeys = () => Promise.all([issuer.signingKey, ...issuer.extraKeys].map(publishKey));

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get("redirect_uri");
    const isProper =
      query.get("client_id") === appId &&
      query.get("response_type") === "code" &&
      query.get("code_challenge_method") === "S256" &&
      query.get("scope")?.split(" ").includes("openid");
    if (!isProper || !redirectUri) return send(response, 400, { error: "invalid_request" });
    const code = randomBytes(32).toString("base64url");
    const challenge = query.get("code_challenge") ?? "";
    grants.set(code, { nonce: query.get("nonce"), challenge, redirectUri });
    const state = query.get("state") ?? "";
    const location = `${redirectUri}?${new URLSearchParams({ code, state, iss: `${issuer.endpoint}/oidc` }).toString()}`;
    response.writeHead(303, { location }).end();
  }

  async function redeem(request: IncomingMessage, form: URLSearchParams, response: ServerResponse) {
    const [, encoded = ""] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const [id = "", secret = ""] = Buffer.from(encoded, "base64").toString().split(":");
    if (decodeForm(id) !== appId || decodeForm(secret) !== appSecret)
      return send(response, refusals.invalid_client.status, refusals.invalid_client.body);

    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    const verifier = form.get("code_verifier") ?? "";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get("redirect_uri"))
      return send(response, refusals.invalid_grant.status, refusals.invalid_grant.body);
    grants.delete(code);

    const accessToken = randomBytes(32).toString("base64url");
    accessTokens.add(accessToken);
    return send(response, 200, {
      access_token: accessToken,
      expires_in: 3600,
      id_token: await signIdToken(grant),
      scope: "openid profile email",
      token_type: "Bearer",
      ...issuer.token,
    });
  }

  async function signIdToken({ nonce }: Grant): Promise<string> {
    const now = Math.floor(issuer.clock().getTime() / 1000);
    const { claims, algorithm, hasKeyId, signer = issuer.signingKey } = issuer.idToken;
    const { idToken } = people[issuer.person];
    const all: Claims = {
      ...idToken,
      iss: `${issuer.endpoint}/oidc`,
      aud: appId,
      iat: now,
      exp: now + 3600,
      ...(nonce === null ? {} : { nonce }),
      ...claims,
    };
    const header = hasKeyId ? {} : { kid: undefined };
    return signClaims({ appSecret }, all, { algorithm, signer, header });
  }

  function sendUserinfo(request: IncomingMessage, response: ServerResponse): void {
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (!accessTokens.has(token)) return send(response, 401, { error: "invalid_token" });
    send(response, 200, { ...people[issuer.person].userinfo, ...issuer.userinfo });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  issuer.endpoint = `http://127.0.0.1:${address.port}`;
  return issuer;
}

/** RFC 6749 section 2.3.1, as oidc-provider reads it. */
const decodeForm = (value: string) => decodeURIComponent(value.replaceAll("+", " "));
