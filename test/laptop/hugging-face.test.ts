import { createHash, randomBytes } from "node:crypto";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startHuggingFaceStandIn, type HuggingFaceStandIn } from "../../dev/hugging-face/server.ts";
import recorded from "../fixtures/hugging-face-userinfo.json" with { type: "json" };

const redirectUri = "http://127.0.0.1:3301/callback/connector";
const client = { clientId: "hf-client", clientSecret: "hf secret:+%" };
const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal("bearer"),
  expires_in: z.number(),
  scope: z.string(),
  id_token: z.string().optional(),
});

const userinfoAnswer = z.looseObject({ sub: z.string() });
type Userinfo = z.infer<typeof userinfoAnswer>;

let clock = Date.now();
let huggingFace: HuggingFaceStandIn;

beforeAll(async () => {
  huggingFace = await startHuggingFaceStandIn({
    ...client,
    port: 0,
    redirectUris: [redirectUri, "http://127.0.0.1:3302/callback/*"],
    now: () => clock,
  });
});
afterAll(() => huggingFace.stop());

type Parameters = Record<string, string>;

function requestOf(changes: Parameters = {}): URLSearchParams {
  return new URLSearchParams({
    response_type: "code",
    client_id: client.clientId,
    scope: "openid profile email",
    redirect_uri: redirectUri,
    state: "q7XSMLmb2HE",
    ...changes,
  });
}

async function open(path: string): Promise<{ status: number; page: string }> {
  const response = await fetch(huggingFace.issuer + path, { redirect: "manual" });
  return { status: response.status, page: await response.text() };
}

/** Submits the form of the consent page as a browser would: every hidden field, and the button. */
async function decide(username: string, decision: string, changes?: Parameters): Promise<URL> {
  const { page: choice } = await open(`/oauth/authorize?${requestOf(changes).toString()}`);
  const links = [...choice.matchAll(/href="([^"]+)"/g)].map(([, link = ""]) => unescapeHtml(link));
  const link = links.find((each) => new URLSearchParams(each).get("person") === username);
  if (link === undefined) throw new Error(`${username} is not on the page`);
  const { page } = await open(link);
  const form = new URLSearchParams({ decision });
  for (const [, name = "", value = ""] of page.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
  )) {
    form.append(name, unescapeHtml(value));
  }
  const response = await fetch(`${huggingFace.issuer}/oauth/authorize`, {
    method: "POST",
    body: form,
    redirect: "manual",
  });
  expect(response.status).toBe(303);
  return new URL(response.headers.get("location") ?? "");
}

function unescapeHtml(html: string): string {
  return html.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}

async function exchange(
  code: string | null,
  { form = {}, authorization = basic() }: { form?: Parameters; authorization?: string } = {},
): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`${huggingFace.issuer}/oauth/token`, {
    method: "POST",
    headers: authorization === "" ? {} : { authorization },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: code ?? "",
      redirect_uri: redirectUri,
      ...form,
    }),
  });
  return { status: response.status, answer: await response.json() };
}

function basic(secret = client.clientSecret): string {
  const credentials = [client.clientId, secret].map((part) => encodeURIComponent(part)).join(":");
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

async function obtainCode(username = "ada", changes?: Parameters): Promise<string | null> {
  return (await decide(username, "authorize", changes)).searchParams.get("code");
}

async function obtainToken(username: string, changes?: Parameters) {
  const { status, answer } = await exchange(await obtainCode(username, changes));
  expect(status).toBe(200);
  return tokenAnswer.parse(answer);
}

async function readUserinfo(accessToken: string): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`${huggingFace.issuer}/oauth/userinfo`, {
    headers: { authorization: `bearer ${accessToken}` },
  });
  return { status: response.status, answer: await response.json() };
}

/** The recorded answer, with the addresses that the stand-in must give as its own. */
function atHome(userinfo: object): Userinfo {
  const here = JSON.stringify(userinfo)
    .replaceAll("https://huggingface.co", huggingFace.issuer)
    .replaceAll("avatars/0001", "avatars/ada")
    .replaceAll("avatars/0002", "avatars/grace")
    .replaceAll("avatars/org", "avatars/analytical");
  return userinfoAnswer.parse(JSON.parse(here));
}

describe("a sign-in with Hugging Face", () => {
  it("goes from the choice of a person over consent to the code, with the state", async () => {
    const callback = await decide("ada", "authorize");
    expect(callback.origin + callback.pathname).toBe(redirectUri);
    expect([...callback.searchParams.keys()].toSorted()).toEqual(["code", "state"]);
    expect(callback.searchParams.get("state")).toBe("q7XSMLmb2HE");
  });

  it("lets a registered `/*` stand for one last segment, for the connector ids of Logto", async () => {
    const redirect_uri = "http://127.0.0.1:3302/callback/x1y2z3";
    const callback = await decide("ada", "authorize", { redirect_uri });
    expect(callback.origin + callback.pathname).toBe(redirect_uri);
  });

  it("keeps a state with any characters as it is", async () => {
    const state = `a"<b>&amp;' +%20é`;
    expect((await decide("ada", "authorize", { state })).searchParams.get("state")).toBe(state);
  });

  it.each(["ada", "grace", "noemail"] as const)("answers as recorded: %s", async (username) => {
    const token = await obtainToken(username);
    expect(token).toMatchObject({ expires_in: 28_799, scope: "openid profile email" });
    expect(token.access_token).toMatch(/^hf_oauth_[0-9a-f]{24}$/);
    const { status, answer } = await readUserinfo(token.access_token);
    expect(status).toBe(200);
    expect(answer).toMatchObject(atHome(recorded[username]));
  });

  it("has somebody without any e-mail claim", async () => {
    const { answer } = await readUserinfo((await obtainToken("noemail")).access_token);
    expect(Object.keys(userinfoAnswer.parse(answer)).toSorted()).toEqual(
      Object.keys(recorded.noemail).toSorted(),
    );
  });

  it("has somebody in two organizations, with single sign-on and a second factor pending in one", async () => {
    const { answer } = await readUserinfo((await obtainToken("katherine")).access_token);
    expect(answer).toMatchObject({
      sub: expect.stringMatching(/^[0-9a-f]{24}$/),
      orgs: [
        { preferred_username: "orbital-works", roleInOrg: "admin" },
        { roleInOrg: "contributor", pendingSSO: true, missingMFA: true },
      ],
    });
  });

  it("tells no more than the scopes allow", async () => {
    const { answer } = await readUserinfo(
      (await obtainToken("ada", { scope: "openid" })).access_token,
    );
    expect(answer).not.toHaveProperty("email");
    expect(answer).not.toHaveProperty("name");
    expect(answer).toHaveProperty("sub", recorded.ada.sub);
  });

  it("gives an ID token that its own discovery document lets one verify", async () => {
    const discovery = await fetch(`${huggingFace.issuer}/.well-known/openid-configuration`);
    const { issuer, jwks_uri } = z
      .object({ issuer: z.string(), jwks_uri: z.string() })
      .parse(await discovery.json());
    expect(issuer).toBe(huggingFace.issuer);
    const { id_token = "" } = await obtainToken("ada", { nonce: "n-0S6" });
    const { payload } = await jwtVerify(id_token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer,
      audience: client.clientId,
      algorithms: ["RS256"],
      currentDate: new Date(clock),
    });
    expect(payload).toMatchObject({ sub: recorded.ada.sub, nonce: "n-0S6", email_verified: true });
    expect(await obtainToken("ada", { scope: "profile" })).not.toHaveProperty("id_token");
  });

  it("sends a refusal back with the state", async () => {
    const callback = await decide("ada", "refuse");
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      error: "access_denied",
      error_description: "The user denied the request",
      state: "q7XSMLmb2HE",
    });
  });
});

describe("GET /oauth/authorize", () => {
  it.each([
    ["redirect_uri", "http://127.0.0.1:3301/callback/connector/../elsewhere"],
    ["redirect_uri", "https://evil.example/"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/../elsewhere"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/a/b"],
    ["client_id", "somebody-else"],
  ])("sends nobody anywhere when %s is %s", async (name, value) => {
    const { status, page } = await open(
      `/oauth/authorize?${requestOf({ [name]: value }).toString()}`,
    );
    expect(status).toBe(400);
    expect(page).toContain("This does not work");
  });

  it.each([
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ scope: "openid everything" }, "invalid_scope"],
    [{ scope: "toString" }, "invalid_scope"],
    [{ code_challenge: "x", code_challenge_method: "plain" }, "invalid_request"],
  ])("tells the application about %o", async (changes: Parameters, error) => {
    const path = `/oauth/authorize?${requestOf(changes).toString()}`;
    const response = await fetch(huggingFace.issuer + path, { redirect: "manual" });
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect(searchParams.get("error")).toBe(error);
    expect(searchParams.get("state")).toBe("q7XSMLmb2HE");
  });

  it("serves pages without scripts that say what they are", async () => {
    const response = await fetch(`${huggingFace.issuer}/oauth/authorize?${requestOf().toString()}`);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain("Hugging Face stand-in — development only");
    expect(page).not.toMatch(/<script/i);
  });
});

describe("POST /oauth/token", () => {
  it("takes a code once, and takes back the token when it comes again", async () => {
    const code = await obtainCode();
    const { access_token } = tokenAnswer.parse((await exchange(code)).answer);
    expect((await readUserinfo(access_token)).status).toBe(200);
    expect(await exchange(code)).toMatchObject({ status: 400, answer: { error: "invalid_grant" } });
    expect(await readUserinfo(access_token)).toMatchObject({
      status: 401,
      answer: { error: "invalid_token" },
    });
  });

  it("takes the secret in the form as well, and only the right one", async () => {
    const code = await obtainCode();
    const post = { client_id: client.clientId, client_secret: client.clientSecret };
    const refused = { status: 401, answer: { error: "invalid_client" } };
    expect(await exchange(code, { authorization: basic("wrong") })).toMatchObject(refused);
    expect(
      await exchange(code, { authorization: "", form: { ...post, client_secret: "wrong" } }),
    ).toMatchObject(refused);
    expect(await exchange(code, { authorization: "" })).toMatchObject(refused);
    expect(await exchange(code, { authorization: "", form: post })).toMatchObject({ status: 200 });
  });

  it("checks the code_verifier when there was a code_challenge", async () => {
    const verifier = randomBytes(32).toString("base64url");
    const challenge = {
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    const obtain = () => obtainCode("ada", challenge);
    const refused = { status: 400, answer: { error: "invalid_grant" } };
    expect(await exchange(await obtain())).toMatchObject(refused);
    expect(await exchange(await obtain(), { form: { code_verifier: "other" } })).toMatchObject(
      refused,
    );
    expect(await exchange(await obtain(), { form: { code_verifier: verifier } })).toMatchObject({
      status: 200,
    });
  });

  it("refuses another redirect_uri, another grant type, and a code that is too old", async () => {
    expect(
      await exchange(await obtainCode(), { form: { redirect_uri: "http://else" } }),
    ).toMatchObject({
      answer: { error: "invalid_grant" },
    });
    expect(await exchange(await obtainCode(), { form: { grant_type: "password" } })).toMatchObject({
      answer: { error: "unsupported_grant_type" },
    });
    const code = await obtainCode();
    clock += 601_000;
    expect(await exchange(code)).toMatchObject({ answer: { error: "invalid_grant" } });
  });
});

describe("GET /oauth/userinfo", () => {
  it("ends with the token's eight hours", async () => {
    const { access_token } = await obtainToken("ada");
    clock += 28_800_000;
    expect((await readUserinfo(access_token)).status).toBe(401);
  });
});

describe("GET /avatars/:username.svg", () => {
  it("draws the people and the organizations, and nobody else", async () => {
    const { answer } = await readUserinfo((await obtainToken("ada")).access_token);
    const { picture, orgs } = z
      .object({ picture: z.url(), orgs: z.array(z.object({ picture: z.url() })) })
      .parse(answer);
    for (const url of [picture, ...orgs.map((org) => org.picture)]) {
      const response = await fetch(url);
      expect(response.headers.get("content-type")).toBe("image/svg+xml");
      expect(await response.text()).toMatch(/^<svg .*>A[LN]?<\/text><\/svg>$/);
    }
    expect((await open("/avatars/nobody.svg")).status).toBe(404);
  });
});
