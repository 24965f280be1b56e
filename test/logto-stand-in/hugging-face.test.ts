import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences } from "./hosted-pages.ts";
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

const fake = useFakeHuggingFace();
beforeEach(() => {
  fake.seen.length = 0;
  fake.mood = "well";
});

const standIn = useStandIn(() => ({ huggingFace: fake.option }));

beforeAll(async () => {
  const socialSignIn = { skipRequiredIdentifiers: true };
  await standIn.manage("PATCH", "/sign-in-exp", { socialSignIn });
});

describe("the first sign-in with Hugging Face, as Logto does it", () => {
  // The recorded server put people into an organization by the domain of their e-mail, proved or not.
  const recordedOrganization = "pioaknej09ge";
  let organizationId = "";
  beforeAll(async () => {
    const { body } = await standIn.manage("POST", "/organizations", { name: "HF Jit" });
    organizationId = body.id;
    const { body: role } = await standIn.manage("POST", "/organization-roles", { name: "member" });
    const jit = `/organizations/${organizationId}/jit`;
    await standIn.manage("POST", `${jit}/email-domains`, { emailDomain: "hf.example" });
    await standIn.manage("PUT", `${jit}/roles`, { organizationRoleIds: [role.id] });
  });

  it.each(recordings.map(({ name }) => name))("%s", async (name) => {
    const recorded = pickRecording(recordings, name);
    fake.visitor = recorded.userRecord.identities.huggingface.details.rawData;
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, browser.readCallback(await browser.authorize(direct)));
    const replay = new Replay(standIn.endpoint);
    replay.bind(recordedOrganization, organizationId);
    const { claims } = decodeToken(tokens.id_token);
    expect(replay.compare(claims, recorded.id_token, "id_token")).toEqual([]);
    const { status: _status, ...userinfo } = await fetchUserinfo(standIn, tokens.access_token);
    expect(replay.compare(userinfo, recorded.userinfo, "userinfo")).toEqual([]);
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
});

describe("faults at Hugging Face", () => {
  it("stay on the hosted page: a refusal", async () => {
    fake.visitor = { denies: true };
    const page = await new SignInBrowser(standIn).authorize(direct);
    const name = "a refusal at Hugging Face stays on the hosted page";
    expect(differences(page, name, "denied", { endpoint: standIn.endpoint })).toEqual([]);
    // It is said once.
    const again = await new SignInBrowser(standIn).authorize();
    expect(again.html).not.toContain("unsuccessful");
  });

  it.each(["failing", "garbled"] as const)(
    "get a clear page, and the next try works: %s",
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

  it("lead to the sign-in page: a connector that does not exist", async () => {
    const parameters = { direct_sign_in: "social:github" };
    const page = await new SignInBrowser(standIn).authorize(parameters);
    const name = "hosted page: direct_sign_in of a social target that has no connector";
    expect(differences(page, name, "authorize", { endpoint: standIn.endpoint })).toEqual([]);
  });

  it("are refused: an answer that belongs to another sign-in", async () => {
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
    expect(page.html).toContain("The verification was not successful.");
    expect(page.html).not.toContain("hf-forged");
  });
});
