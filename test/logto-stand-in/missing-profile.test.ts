import { describe, expect, it } from "vitest";
import { exchange, SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
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
// Sign-up by e-mail needs a mail server.
useMailServer(standIn);
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
