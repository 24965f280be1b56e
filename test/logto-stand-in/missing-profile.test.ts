import { describe, expect, it } from "vitest";
import { exchange, SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences } from "./hosted-pages.ts";
import { useMailServer } from "./mail-server.ts";
import { decodeToken, type Members, readFixture } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

type Recorded = {
  name: string;
  setting: Members;
  missingProfile?: string[];
  idToken?: Members;
};

const { entries }: { entries: Recorded[] } = readFixture("missing-profile");

const fake = useFakeHuggingFace();

const standIn = useStandIn(() => ({ huggingFace: fake.option }));
const mail = useMailServer(standIn);
const direct = { direct_sign_in: "social:huggingface" };
let count = 0;

/** Makes an unknown person visit, as the recorded name describes them. */
function invite(kind: string) {
  count += 1;
  const email = `w${count}@hf.example`;
  fake.visitor = {
    sub: `hf-missing-${count}`,
    name: `W${count} Example`,
    ...(kind.includes("without e-mail") ? {} : { email }),
    ...(kind.includes("unverified") ? { email_verified: false } : {}),
  };
}

const set = (setting: Members) =>
  standIn.manage("PATCH", "/sign-in-exp", { socialSignIn: {}, ...setting });

describe("a new person from Hugging Face", () => {
  const begin = async ({ name, setting }: Recorded) => {
    await set(setting);
    invite(name);
    const browser = new SignInBrowser(standIn);
    return { browser, page: await browser.authorize(direct) };
  };

  it.each(entries.filter(({ missingProfile }) => missingProfile))(
    "is asked for what is missing: $name",
    async (recorded) => {
      const { page } = await begin(recorded);
      const { pathname, search } = new URL(page.url);
      const path = `/continue/${recorded.missingProfile?.[0]}`;
      expect([page.status, pathname]).toEqual([200, path]);
      expect(search).toMatch(/^\?link_social=[a-z0-9]{12}&app_id=\w+$/);
    },
  );

  it.each(entries.filter(({ idToken }) => idToken))("is made at once: $name", async (recorded) => {
    const { browser, page } = await begin(recorded);
    const tokens = await exchange(standIn, browser.readCallback(page));
    const { claims } = decodeToken(tokens.id_token);
    const { email, email_verified } = recorded.idToken ?? {};
    const expected = email === null ? null : `w${count}@hf.example`;
    expect(claims).toMatchObject({ username: null, email: expected, email_verified });
  });
});

describe("the pages that ask", () => {
  it("take a username and make the account", async () => {
    const name = "hosted page: new Hugging Face person under username sign-up: /continue/username";
    await set({ signUp: { identifiers: ["username"], password: true, verify: false } });
    invite("with a verified e-mail");
    const { endpoint } = standIn;
    const browser = new SignInBrowser(standIn);
    const asked = await browser.submit(await browser.authorize(), {}, "/social/huggingface");
    expect(differences(asked, name, "back from Hugging Face", { endpoint })).toEqual([]);
    const refused = await browser.submit(asked, { identifier: "pia@x.example" });
    expect(differences(refused, name, "an address typed as username", { endpoint })).toEqual([]);
    const done = await browser.submit(refused, { identifier: "pia_ykfb" });
    expect(differences(done, name, "username typed", { endpoint })).toEqual([]);
    const { id_token: token } = await exchange(standIn, browser.readCallback(done));
    const email = `w${count}@hf.example`;
    expect(decodeToken(token).claims).toMatchObject({ username: "pia_ykfb", email });
  });

  it("take an address that was proved, and no other", async () => {
    const name =
      "hosted page: new Hugging Face person without e-mail under e-mail sign-up: /continue/email";
    await set({ signUp: { identifiers: ["email"], password: true, verify: true } });
    await standIn.manage("POST", "/users", { primaryEmail: "taken@hf.example" });
    invite("without e-mail");
    const browser = new SignInBrowser(standIn);
    const asked = await browser.authorize(direct);
    const { endpoint } = standIn;
    expect(differences(asked, name, "back from Hugging Face", { endpoint })).toEqual([]);
    const prove = async (identifier: string) =>
      browser.submit(await browser.submit(asked, { identifier }), {
        code: mail.readCode(identifier),
      });
    expect((await prove("taken@hf.example")).html).toContain("associated with an existing account");
    const callback = browser.readCallback(await prove("mine@hf.example"));
    const { id_token: token } = await exchange(standIn, callback);
    expect(decodeToken(token).claims).toMatchObject({ email: "mine@hf.example", username: null });
  });
});
