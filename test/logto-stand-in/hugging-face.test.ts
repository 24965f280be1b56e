import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { type FakeHuggingFace, startFakeHuggingFace } from "./fake-hugging-face.ts";
import { decodeToken, type Members, pickRecording, readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

type SocialRecording = {
  name: string;
  userRecord: Members & { identities: { huggingface: { details: { rawData: Members } } } };
  id_token: Members;
  userinfo: Members;
};

const recordings: SocialRecording[] = JSON.parse(JSON.stringify(readRecordings("hugging-face")));
const direct = { direct_sign_in: "social:huggingface" };

let fake: FakeHuggingFace;
beforeAll(async () => {
  fake = await startFakeHuggingFace();
});
beforeEach(() => {
  fake.seen.length = 0;
  fake.mood = "well";
});
afterAll(() => fake.stop());

const standIn = useStandIn(() => ({
  huggingFace: { issuer: fake.issuer, clientId: "hf-client", clientSecret: "hf-secret" },
}));

describe("the first sign-in with Hugging Face, as Logto does it", () => {
  // The recorded server also put people into an organization by the domain of their e-mail; the stand-in has no such rule.
  const noOrganizations = { organizations: [], organization_roles: [] };

  it.each(recordings.map(({ name }) => name))("%s", async (name) => {
    const recorded = pickRecording(recordings, name);
    fake.visitor = recorded.userRecord.identities.huggingface.details.rawData;
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, browser.readCallback(await browser.authorize(direct)));
    const replay = new Replay(standIn.endpoint);
    const { claims } = decodeToken(tokens.id_token);
    const idToken = { ...recorded.id_token, ...noOrganizations };
    expect(replay.compare(claims, idToken, "id_token")).toEqual([]);
    const { status: _status, ...userinfo } = await fetchUserinfo(standIn, tokens.access_token);
    const expected = { ...recorded.userinfo, ...noOrganizations, organization_data: [] };
    expect(replay.compare(userinfo, expected, "userinfo")).toEqual([]);
    const { body: user } = await standIn.manage("GET", `/users/${String(claims["sub"])}`);
    expect(replay.compare(user, recorded.userRecord, "user")).toEqual([]);
  });

  it("sends Hugging Face what Logto sends", async () => {
    fake.visitor = { sub: "hf-wire", name: "Wire" };
    const browser = new SignInBrowser(standIn);
    browser.readCallback(await browser.authorize(direct));
    const [authorize, token, userinfo] = fake.seen;
    const redirectUri = authorize?.query["redirect_uri"] ?? "";
    expect(redirectUri).toMatch(new RegExp(`^${standIn.endpoint}/callback/[a-z0-9]{12}$`));
    expect(authorize).toMatchObject({
      path: "/oauth/authorize",
      query: { response_type: "code", client_id: "hf-client", scope: "openid profile email" },
    });
    expect(Object.keys(authorize?.query ?? {})).toEqual([
      "response_type",
      "client_id",
      "scope",
      "redirect_uri",
      "state",
    ]);
    expect(token).toMatchObject({
      method: "POST",
      path: "/oauth/token",
      authorization: "Basic aGYtY2xpZW50OmhmLXNlY3JldA==",
      body: String(
        new URLSearchParams({
          grant_type: "authorization_code",
          code: "hf-code",
          redirect_uri: redirectUri,
        }),
      ),
    });
    expect(userinfo).toMatchObject({ path: "/oauth/userinfo", authorization: "Bearer hf_oauth_1" });
  });
});

describe("a Hugging Face account seen before", () => {
  it("is the same user; the identity's details follow, name and avatar stay", async () => {
    fake.visitor = { sub: "hf-again", name: "Before", picture: "https://hf.test/1.svg" };
    const first = new SignInBrowser(standIn);
    const before = await exchange(standIn, first.readCallback(await first.authorize(direct)));
    fake.visitor = { sub: "hf-again", name: "After", picture: "https://hf.test/2.svg" };
    const second = new SignInBrowser(standIn);
    const page = await second.authorize();
    const callback = second.readCallback(await second.submit(page, {}, "/social/huggingface"));
    const after = await exchange(standIn, callback);
    const { claims } = decodeToken(after.id_token);
    expect(claims).toMatchObject({
      sub: decodeToken(before.id_token).claims["sub"],
      name: "Before",
    });
    const { identities } = await fetchUserinfo(standIn, after.access_token);
    expect(identities).toMatchObject({
      huggingface: {
        userId: "hf-again",
        details: { name: "After", avatar: "https://hf.test/2.svg" },
      },
    });
  });

  it("two first sign-ins at once make one user", async () => {
    fake.visitor = { sub: "hf-twice", name: "Twice", email: "twice@hf.test" };
    const subjects = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const browser = new SignInBrowser(standIn);
        const tokens = await exchange(
          standIn,
          browser.readCallback(await browser.authorize(direct)),
        );
        return decodeToken(tokens.id_token).claims["sub"];
      }),
    );
    expect(new Set(subjects).size).toBe(1);
  });

  it("an e-mail address somebody else has is left to them", async () => {
    const { body: owner } = await standIn.manage("POST", "/users", {
      primaryEmail: "Shared@hf.test",
    });
    fake.visitor = { sub: "hf-shared", email: "shared@hf.test", email_verified: true };
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, browser.readCallback(await browser.authorize(direct)));
    const { claims } = decodeToken(tokens.id_token);
    expect(claims).toMatchObject({ email: null, email_verified: false });
    expect(claims["sub"]).not.toBe(owner.id);
  });

  it("a suspended user stays out", async () => {
    fake.visitor = { sub: "hf-suspended" };
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, browser.readCallback(await browser.authorize(direct)));
    const { sub } = decodeToken(tokens.id_token).claims;
    await standIn.manage("PATCH", `/users/${String(sub)}/is-suspended`, { isSuspended: true });
    const page = await browser.authorize(direct);
    expect(page.html).toContain("This account is suspended.");
  });
});

describe("when it goes wrong at Hugging Face", () => {
  it("a refusal stays on the hosted page, with the other ways in", async () => {
    fake.visitor = { denies: true };
    const page = await new SignInBrowser(standIn).authorize(direct);
    expect(page.url.startsWith(`${standIn.endpoint}/sign-in?`)).toBe(true);
    expect(page).toMatchObject({
      status: 200,
      html: expect.stringContaining("access was denied there"),
    });
    expect(page.html).toContain("Continue with Hugging Face");
  });

  it.each(["failing", "garbled"] as const)(
    "%s: a clear page, and the way on works afterwards",
    async (mood) => {
      fake.visitor = { sub: `hf-${mood}` };
      fake.mood = mood;
      const browser = new SignInBrowser(standIn);
      const page = await browser.authorize(direct);
      expect(page.html).toContain("Hugging Face did not answer as expected");
      fake.mood = "well";
      const callback = browser.readCallback(await browser.submit(page, {}, "/social/huggingface"));
      expect((await exchange(standIn, callback)).status).toBe(200);
    },
  );

  it("an answer that belongs to another sign-in is refused", async () => {
    fake.visitor = { sub: "hf-forged" };
    const attacker = new SignInBrowser(standIn);
    await attacker.authorize(direct);
    const [seen] = fake.seen;
    const forged = new URL(seen?.query["redirect_uri"] ?? "");
    forged.search = String(
      new URLSearchParams({ code: "hf-code", state: seen?.query["state"] ?? "" }),
    );
    const victim = new SignInBrowser(standIn);
    await victim.authorize();
    const page = await victim.open(forged.href);
    expect(page.html).toContain("does not belong to this sign-in");
    expect(page.html).not.toContain("hf-forged");
  });
});
