import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exchange, SignInBrowser } from "./browser.ts";
import { type Enterprise, startEnterprise } from "./enterprise.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { decodeToken, type Members } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

let acme: Enterprise;
let receiver: Receiver;
beforeAll(async () => {
  [acme, receiver] = await Promise.all([startEnterprise(), startReceiver()]);
});
afterAll(() => Promise.all([acme.stop(), receiver.stop()]));

const standIn = useStandIn();
let connector: { id: string } & Members;
let direct: { direct_sign_in: string };

beforeAll(async () => {
  ({ body: connector } = await standIn.manage("POST", "/sso-connectors", {
    providerName: "OIDC",
    connectorName: "Acme",
    config: acme.config,
    domains: ["Acme.test"],
  }));
  direct = { direct_sign_in: `sso:${connector.id}` };
  acme.acceptRedirectsTo(`${standIn.endpoint}/callback/${connector.id}`);
  await standIn.manage("POST", "/hooks", {
    events: [
      "Organization.Membership.Updated",
      "User.Created",
      "User.Data.Updated",
      "PostRegister",
      "PostSignIn",
    ],
    config: { url: receiver.url },
  });
});
beforeEach(async () => {
  await standIn.webhooks.settled();
  receiver.take();
});

let count = 0;
function invite(claims: Members = {}) {
  count += 1;
  const sub = `employee-${count}`;
  acme.visitor = { sub, email: `${sub}@acme.test`, email_verified: true, name: "Emma", ...claims };
  return acme.visitor;
}

/** @returns the id_token's claims */
async function arrive(browser = new SignInBrowser(standIn), parameters = direct) {
  const callback = browser.readCallback(await browser.authorize(parameters));
  return decodeToken((await exchange(standIn, callback)).id_token).claims;
}

async function toldEvents(): Promise<string[]> {
  await standIn.webhooks.settled();
  return receiver
    .take()
    .map((body) => String(body["event"]))
    .toSorted();
}

describe("sign-in at an enterprise", () => {
  it("by direct_sign_in: the first time makes a user, who is the same the next time", async () => {
    const visitor = invite();
    const first = await arrive();
    expect(first).toMatchObject({ email: visitor["email"], email_verified: true, name: "Emma" });
    expect(await toldEvents()).toEqual(["PostRegister", "User.Created"]);
    invite({ sub: visitor.sub, name: "Emma Renamed" });
    const second = await arrive();
    expect(second).toMatchObject({ sub: first["sub"], name: "Emma" });
    expect(await toldEvents()).toEqual(["PostSignIn"]);
    const { body } = await standIn.manage(
      "GET",
      `/users/${String(first["sub"])}?includeSsoIdentities=true`,
    );
    expect(body["ssoIdentities"]).toMatchObject([
      { issuer: acme.config.issuer, identityId: visitor.sub, ssoConnectorId: connector.id },
    ]);
  });

  it("by the domain of the e-mail address, on either page, with no password asked", async () => {
    const visitor = invite();
    for (const [screen, form] of [
      ["sign_in", "/sign-in"],
      ["single_sign_on", "/single-sign-on"],
    ] as const) {
      const browser = new SignInBrowser(standIn);
      const page = await browser.authorize({ first_screen: screen });
      const identifier = String(visitor["email"]).toUpperCase();
      const callback = browser.readCallback(await browser.submit(page, { identifier }, form));
      const { claims } = decodeToken((await exchange(standIn, callback)).id_token);
      expect(claims["email"]).toBe(visitor["email"]);
      expect(acme.loginHint).toBe(identifier);
    }
  });

  it("an address of no enterprise goes on with its password, and is told so on the other page", async () => {
    const account = {
      username: "plain",
      primaryEmail: "plain@other.test",
      password: "Pl-pass-2026",
    };
    await standIn.manage("POST", "/users", account);
    const browser = new SignInBrowser(standIn);
    await browser.signIn(account.primaryEmail, account.password);
    const other = new SignInBrowser(standIn);
    const page = await other.authorize({ first_screen: "single_sign_on" });
    const identifier = account.primaryEmail;
    const refusal = await other.submit(page, { identifier }, "/single-sign-on");
    expect(refusal.html).toContain("no single sign-on for this address");
  });

  it("whoever has the verified address already is that user; an unverified one proves nothing", async () => {
    const email = "held@acme.test";
    const { body: holder } = await standIn.manage("POST", "/users", { primaryEmail: email });
    await toldEvents();
    invite({ email, email_verified: false });
    expect(await arrive()).toMatchObject({
      sub: expect.not.stringMatching(holder.id),
      email: null,
    });
    await toldEvents();
    invite({ email });
    expect((await arrive())["sub"]).toBe(holder.id);
    expect(await toldEvents()).toEqual(["PostSignIn", "User.Data.Updated"]);
  });

  it("twice at once for the first time makes one user", async () => {
    invite();
    const subjects = await Promise.all(
      Array.from({ length: 5 }, async () => (await arrive())["sub"]),
    );
    expect(new Set(subjects).size).toBe(1);
  });

  it("name and picture follow the enterprise when the connector says so", async () => {
    const visitor = invite();
    await arrive();
    const path = `/sso-connectors/${connector.id}`;
    await standIn.manage("PATCH", path, { syncProfile: true });
    invite({ sub: visitor.sub, name: "Emma Renamed" });
    expect(await arrive()).toMatchObject({ name: "Emma Renamed" });
    await standIn.manage("PATCH", path, { syncProfile: false });
  });
});

describe("just-in-time membership by an SSO connector", () => {
  it("is given once, with the roles, and told by webhook", async () => {
    const { body: organization } = await standIn.manage("POST", "/organizations", { name: "Acme" });
    const role = { name: "sso-member" };
    const { body: member } = await standIn.manage("POST", "/organization-roles", role);
    const jit = `/organizations/${organization.id}/jit`;
    const roles = { organizationRoleIds: [member.id] };
    await standIn.manage("PUT", `${jit}/roles`, roles);
    const connectors = { ssoConnectorIds: [connector.id] };
    expect((await standIn.manage("POST", `${jit}/sso-connectors`, connectors)).status).toBe(201);
    const { items } = await standIn.list(`${jit}/sso-connectors`);
    expect(items).toMatchObject([{ id: connector.id, connectorName: "Acme" }]);

    const visitor = invite();
    const claims = await arrive();
    expect(claims["organization_roles"]).toEqual([`${organization.id}:sso-member`]);
    await standIn.webhooks.settled();
    const told = receiver.take();
    const membership = told.find(({ event }) => event === "Organization.Membership.Updated");
    expect(membership).toMatchObject({
      interactionEvent: "Register",
      organizationId: organization.id,
      addedUserIds: [claims["sub"]],
    });
    expect(told).toHaveLength(3);

    // Who was removed stays out.
    const path = `/organizations/${organization.id}/users/${String(claims["sub"])}`;
    await standIn.manage("DELETE", path);
    invite({ sub: visitor.sub });
    expect((await arrive())["organizations"]).toEqual([]);
    // And nobody comes in any more once the organization has stopped taking people in.
    const end = `${jit}/sso-connectors/${connector.id}`;
    expect((await standIn.manage("DELETE", end)).status).toBe(204);
    expect((await standIn.manage("DELETE", end)).status).toBe(404);
    invite();
    expect((await arrive())["organizations"]).toEqual([]);
  });
});

describe("when it goes wrong at the enterprise", () => {
  it("a refusal stays on the hosted page", async () => {
    acme.visitor = undefined;
    const page = await new SignInBrowser(standIn).authorize(direct);
    expect(page.html).toContain("was not completed");
    expect(page.url.startsWith(`${standIn.endpoint}/sign-in?`)).toBe(true);
  });

  it("an enterprise that is away, a wrong secret, and an unknown connector are told there, too", async () => {
    invite();
    const path = `/sso-connectors/${connector.id}`;
    for (const config of [
      { ...acme.config, issuer: "http://127.0.0.1:9" },
      { ...acme.config, clientSecret: "wrong" },
    ]) {
      await standIn.manage("PATCH", path, { config });
      const page = await new SignInBrowser(standIn).authorize(direct);
      expect(page.html).toContain("did not answer as expected");
    }
    await standIn.manage("PATCH", path, { config: acme.config });
    const page = await new SignInBrowser(standIn).authorize({ direct_sign_in: "sso:unknown" });
    expect(page.html).toContain("no single sign-on for this address");
    await arrive();
  });

  it("a suspended user stays out", async () => {
    const visitor = invite();
    const { sub } = await arrive();
    await standIn.manage("PATCH", `/users/${String(sub)}/is-suspended`, { isSuspended: true });
    invite({ sub: visitor.sub });
    const page = await new SignInBrowser(standIn).authorize(direct);
    expect(page.html).toContain("This account is suspended.");
  });

  it("an answer made in another browser opens nothing", async () => {
    invite();
    const attacker = new SignInBrowser(standIn);
    const { url } = await attacker.authorize();
    const uid = new URL(url).searchParams.get("interaction") ?? "";
    const forged = `${standIn.endpoint}/callback/${connector.id}?code=x&state=${uid}.forged`;
    const page = await new SignInBrowser(standIn).open(forged);
    expect(page.html).toContain("expired");
  });
});

describe("SSO connectors in the Management API", () => {
  it("are made, read, changed and deleted", async () => {
    const config = { issuer: "https://idp.other.test", clientId: "a", clientSecret: "b" };
    const input = { providerName: "OIDC", connectorName: "Other", config, domains: ["other.test"] };
    const made = await standIn.manage("POST", "/sso-connectors", input);
    expect(made).toMatchObject({
      status: 200,
      body: { ...input, tenantId: "default", branding: {}, syncProfile: false },
    });
    const path = `/sso-connectors/${made.body.id}`;
    expect((await standIn.manage("GET", path)).body).toEqual(made.body);
    expect((await standIn.list("/sso-connectors")).items).toContainEqual(made.body);
    const changed = await standIn.manage("PATCH", path, { domains: [] });
    expect(changed).toMatchObject({ status: 200, body: { domains: [], connectorName: "Other" } });
    expect((await standIn.manage("PATCH", path, {})).status).toBe(422);
    expect((await standIn.manage("POST", "/sso-connectors", input)).status).toBe(422);
    expect((await standIn.manage("DELETE", path)).status).toBe(204);
    expect((await standIn.manage("DELETE", path)).status).toBe(404);
    expect((await standIn.manage("GET", path)).status).toBe(404);
  });

  it.each([
    ["no such provider", { providerName: "SAML" }, 422],
    ["config without a secret", { config: { issuer: "https://x.test", clientId: "a" } }, 400],
    ["no name", { connectorName: "" }, 400],
  ])("are refused: %s", async (_name, change, status) => {
    const input = { providerName: "OIDC", connectorName: "Refused", ...change };
    expect((await standIn.manage("POST", "/sso-connectors", input)).status).toBe(status);
  });
});
