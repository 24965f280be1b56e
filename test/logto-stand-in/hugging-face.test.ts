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
});

const standIn = useStandIn(() => ({ huggingFace: fake.option }));

beforeAll(async () => {
  const socialSignIn = { skipRequiredIdentifiers: true };
  await standIn.manage("PATCH", "/sign-in-exp", { socialSignIn });
});

describe("the first sign-in with Hugging Face, as Logto does it", () => {
  // The recorded server put people into an organization by the domain of their email, proved or not.
  const recordedOrganization = "pioaknej09ge";
  let organizationId = "";
  beforeAll(async () => {
    const { body } = await standIn.manage("POST", "/organizations", { name: "HF Jit" });
    organizationId = body.id;
    const { body: role } = await standIn.manage("POST", "/organization-roles", { name: "member" });
    const jit = `/organizations/${organizationId}/jit`;
    await standIn.manage("PUT", `${jit}/email-domains`, { emailDomains: ["hf.example"] });
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

  it("lead to the sign-in page: a connector that does not exist", async () => {
    const parameters = { direct_sign_in: "social:github" };
    const page = await new SignInBrowser(standIn).authorize(parameters);
    const name = "hosted page: direct_sign_in of a social target that has no connector";
    expect(differences(page, name, "authorize", { endpoint: standIn.endpoint })).toEqual([]);
  });
});
