import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { type Enterprise, startEnterprise } from "./enterprise.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences } from "./hosted-pages.ts";
import { useMailServer } from "./mail-server.ts";
import { useReceiver } from "./receiver.ts";
import { decodeToken, type Members, pickRecording, readFixture, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

type Recorded = {
  name: string;
  userRecord: Members & { ssoIdentities: Members[] };
  userinfo: Members & { sso_identities: Members[] };
  webhooks?: string[];
  idToken?: Members & { organization_roles: string[] };
  measured?: Members[];
};
const { entries }: { entries: Recorded[] } = readFixture("enterprise");

let acme: Enterprise;
const fake = useFakeHuggingFace();
const receiver = useReceiver();
beforeAll(async () => {
  acme = await startEnterprise();
});
afterAll(() => acme.stop());

const standIn = useStandIn(() => ({ huggingFace: fake.option }));
// Sign-up by email takes one.
useMailServer(standIn);
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
const byUsername = {
  singleSignOnEnabled: true,
  signUp: { identifiers: ["username"], password: true, verify: false },
  signIn: {
    methods: [
      { identifier: "username", password: true, verificationCode: false, isPasswordPrimary: true },
    ],
  },
};
const byEmail = {
  signIn: {
    methods: [
      { identifier: "email", password: true, verificationCode: true, isPasswordPrimary: true },
    ],
  },
};
const set = async (setting: Members) => {
  const answer = await standIn.manage("PATCH", "/sign-in-exp", { ...byUsername, ...setting });
  expect(answer.status).toBe(200);
};

beforeEach(async () => {
  await set({});
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
  it("appears in userinfo and in the Management API, as at Logto, and nowhere else", async () => {
    const { userRecord, userinfo } = pickRecording(
      entries,
      "first sign-in by single sign-on: a new user, although sign-up is by username (nothing is asked for)",
    );
    const [{ detail, issuer = "", identityId = "" } = {}] = userRecord.ssoIdentities;
    const { id: sub, avatar: picture, preferredUsername, ...claims } = detail as Members;
    acme.visitor = {
      ...claims,
      sub: String(sub),
      picture,
      preferred_username: preferredUsername,
      email_verified: true,
    };
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, browser.readCallback(await browser.authorize(direct)));
    const { status: _status, ...told } = await fetchUserinfo(standIn, tokens.access_token);
    const replay = new Replay(standIn.endpoint);
    replay.bind(String(issuer), acme.config.issuer);
    replay.bind(String(identityId), String(sub));
    replay.bind("d9161avei8rj", connector.id);
    expect(replay.compare(told["sso_identities"], userinfo.sso_identities, "userinfo")).toEqual([]);
    expect(told["identities"]).toEqual({});
    const path = `/users/${told.sub}`;
    const { body } = await standIn.manage("GET", `${path}?includeSsoIdentities=true`);
    const { ssoIdentities } = userRecord;
    expect(replay.compare(body["ssoIdentities"], ssoIdentities, "user")).toEqual([]);
    expect((await standIn.manage("GET", path)).body).not.toHaveProperty("ssoIdentities");
  });

  it.each(
    entries.flatMap(({ name, measured = [] }) =>
      name.startsWith("which addresses") ? measured : [],
    ),
  )(
    "counts an address as Logto does: trusted $trustUnverifiedEmail, verified $providerSaysEmailVerified, of an existing user $existingUserHasTheAddress",
    async (recorded) => {
      const { trustUnverifiedEmail, providerSaysEmailVerified: says } = recorded;
      const config = { ...acme.config, trustUnverifiedEmail };
      await standIn.manage("PATCH", `/sso-connectors/${connector.id}`, { config });
      const { email } = invite(
        typeof says === "boolean" ? { email_verified: says } : { email_verified: undefined },
      );
      const holder =
        recorded["existingUserHasTheAddress"] === true
          ? await standIn.manage("POST", "/users", { primaryEmail: email })
          : undefined;
      const claims = await arrive();
      const isLinked = String(recorded["outcome"]).startsWith("signed in as the existing user");
      expect(claims["sub"] === holder?.body.id).toBe(isLinked);
      expect(claims["email"]).toBe(recorded["primaryEmail"] === null ? null : email);
      const config2 = { ...acme.config, trustUnverifiedEmail: false };
      await standIn.manage("PATCH", `/sso-connectors/${connector.id}`, { config: config2 });
    },
  );

  it("updates the identity at each sign-in, and nothing else", async () => {
    const { measured = [] } = pickRecording(
      entries,
      "do the identity's details follow the provider? single sign-on: detail of ssoIdentities",
    );
    for (const { what, providerSays, identityDetails, primaryEmail, name } of measured) {
      const {
        id,
        avatar,
        preferredUsername,
        email: _trusted,
        ...others
      } = identityDetails as Members;
      const { email, email_verified: isVerified } = providerSays as Members;
      acme.visitor = {
        ...others,
        sub: String(id),
        picture: avatar,
        preferred_username: preferredUsername,
        email,
        email_verified: isVerified,
      };
      const browser = new SignInBrowser(standIn);
      const tokens = await exchange(standIn, browser.readCallback(await browser.authorize(direct)));
      const told = await fetchUserinfo(standIn, tokens.access_token);
      expect(told, String(what)).toMatchObject({ email: primaryEmail, name });
      expect(told["sso_identities"], String(what)).toMatchObject([{ detail: identityDetails }]);
    }
  });
});

describe("a first sign-in at an enterprise, as recorded", () => {
  let organizationId = "";
  beforeAll(async () => {
    const { body } = await standIn.manage("POST", "/organizations", { name: "Orbital Tenant" });
    organizationId = body.id;
    const { body: role } = await standIn.manage("POST", "/organization-roles", { name: "member" });
    const roles = { organizationRoleIds: [role.id] };
    await standIn.manage("PUT", `/organizations/${organizationId}/jit/roles`, roles);
  });
  const path = () => `/sso-connectors/${connector.id}`;

  // The very first has its own test above.
  const others = entries.slice(1).filter(({ webhooks }) => webhooks);
  it.each(others)("$name", async (recorded) => {
    const { name, userRecord, webhooks = [], idToken } = recorded;
    const trustUnverifiedEmail = name.includes("trustUnverifiedEmail true");
    await standIn.manage("PATCH", path(), { config: { ...acme.config, trustUnverifiedEmail } });
    const ssoConnectorIds = name.startsWith("JIT") ? [connector.id] : [];
    const jit = `/organizations/${organizationId}/jit/sso-connectors`;
    await standIn.manage("PUT", jit, { ssoConnectorIds });

    const [{ detail, identityId } = {}] = userRecord.ssoIdentities;
    const { avatar, preferredUsername, ...told } = detail as Members;
    const isUnproved = name.includes("unverified");
    const email = told["email"] ?? (isUnproved ? `${String(identityId)}@acme.test` : undefined);
    const { username } = userRecord;
    const holder = { username: username ?? undefined, primaryEmail: email, password: "Held-2026!" };
    if (name.includes("existing user")) await standIn.manage("POST", "/users", holder);
    acme.visitor = {
      ...told,
      sub: String(identityId),
      picture: avatar,
      preferred_username: preferredUsername,
      email,
      email_verified: !isUnproved,
    };
    await toldEvents();
    const claims = await arrive();
    expect(await toldEvents()).toEqual(webhooks.toSorted());
    const { body } = await standIn.manage("GET", `/users/${String(claims["sub"])}`);
    expect(body).toMatchObject({
      username,
      name: userRecord["name"],
      hasPassword: userRecord["hasPassword"],
      identities: {},
    });
    expect(body["primaryEmail"] === null).toBe(userRecord["primaryEmail"] === null);
    expect(claims["organization_roles"]).toHaveLength(idToken?.organization_roles.length ?? 0);
  });
});

describe("the pages of single sign-on, as at Logto", () => {
  const compare = (page: Parameters<typeof differences>[0], name: string, after: string) =>
    differences(page, name, after, {
      endpoint: standIn.endpoint,
      replaced: { "orbitaldnd8.example": "acme.test" },
    });

  it("do not appear while single sign-on is off, neither by the connector nor by an address", async () => {
    invite();
    await set({ singleSignOnEnabled: false });
    const page = await new SignInBrowser(standIn).authorize(direct);
    const off = "hosted page, singleSignOnEnabled false: direct_sign_in=sso:<id>";
    expect(compare(page, off, "authorize with direct_sign_in=sso:<id>")).toEqual([]);
    const plain = await new SignInBrowser(standIn).authorize();
    expect(compare(plain, "hosted page: singleSignOnEnabled false", "authorize")).toEqual([]);
    const screen = await new SignInBrowser(standIn).authorize({ first_screen: "single_sign_on" });
    expect(new URL(screen.url).pathname).toBe("/sign-in");
  });

  it("ask for the address on a page of its own where people sign in by username", async () => {
    const on = "hosted page: singleSignOnEnabled true, no SSO connector there";
    const name = 'hosted page, username sign-up: "Use Single Sign-On"';
    const browser = new SignInBrowser(standIn);
    const start = await browser.authorize();
    expect(compare(start, on, "authorize")).toEqual([]);
    const url = start.url.replace("/sign-in", "/single-sign-on/email");
    const form = await browser.open(url, start);
    expect(compare(form, name, "Use Single Sign-On")).toEqual([]);
    const refused = await browser.submit(form, { identifier: "nobody@nowhere.example" });
    expect(compare(refused, name, "an address of no domain")).toEqual([]);
    const { email } = invite();
    const identifier = String(email).toUpperCase();
    const done = await browser.submit(refused, { identifier });
    expect(compare(done, name, "an address of the domain")).toEqual([]);
    expect(acme.loginHint).toBe(identifier);
  });

  it("refuse an address in the field for usernames", async () => {
    const name = "hosted page, username sign-up: an address of the domain in the username field";
    const hint = { login_hint: "pgb@acme.test" };
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize(hint);
    expect(compare(page, name, "authorize with login_hint")).toEqual([]);
    const typed = await browser.submit(page, { password: "x" });
    expect(compare(typed, name, "typed and entered")).toEqual([]);
  });

  it("lead straight to the enterprise from a field for addresses, on signing up as well", async () => {
    await set({ ...byEmail, signUp: { identifiers: ["email"], password: true, verify: true } });
    for (const first_screen of ["sign_in", "register"]) {
      const { email } = invite();
      const browser = new SignInBrowser(standIn);
      const page = await browser.authorize({ first_screen });
      const done = await browser.submit(page, { identifier: String(email) });
      const name = "hosted page, e-mail sign-in: an address of the domain";
      expect(compare(done, name, "entered")).toEqual([]);
    }
  });

  it("refuse an address of the domain with a password or Hugging Face, and accept a username", async () => {
    const password = "Pass-held-2026!";
    const account = { username: "held_by_acme", primaryEmail: "held2@acme.test", password };
    const { body: holder } = await standIn.manage("POST", "/users", account);
    const browser = new SignInBrowser(standIn);
    const callback = await browser.signIn(account.username, password);
    expect(decodeToken((await exchange(standIn, callback)).id_token).claims["sub"]).toBe(holder.id);

    const refusal = "Single sign on is enabled for this given email. Please sign in with SSO.";
    for (const email_verified of [true, false]) {
      fake.visitor = { sub: "hf-acme", email: "other@acme.test", email_verified };
      const social = { direct_sign_in: "social:huggingface" };
      const page = await new SignInBrowser(standIn).authorize(social);
      expect([new URL(page.url).pathname, page.html.includes(refusal)]).toEqual(["/sign-in", true]);
    }
    // A page that was reached while single sign-on was off does not get past it later.
    await set({ ...byEmail, singleSignOnEnabled: false });
    const early = new SignInBrowser(standIn);
    const identifier = account.primaryEmail;
    const page = await early.submit(await early.authorize(), { identifier });
    await set(byEmail);
    const late = await early.submit(page, { password });
    expect(late).toMatchObject({ status: 422, html: expect.stringContaining(refusal) });
  });

  it.each([
    ["hosted page: direct_sign_in=sso: of an unknown connector", "authorize", "sso:unknown"],
    ["hosted page: the provider refuses", "refused", undefined],
  ])("%s", async (name, after, direct_sign_in) => {
    acme.visitor = undefined;
    const parameters = direct_sign_in ? { direct_sign_in } : direct;
    const page = await new SignInBrowser(standIn).authorize(parameters);
    expect(compare(page, name, after)).toEqual([]);
  });
});
