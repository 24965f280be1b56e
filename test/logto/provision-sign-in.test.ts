import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { answerHuggingFace } from "../support/answer-hugging-face.ts";
import { Browser } from "../support/browser.ts";
import { signUpAt } from "../support/hosted-pages.ts";
import { useFreshLogto } from "./provision-world.ts";

// A fresh Logto, one run of the command, and people sign in: the whole way over HTTP, as a browser walks it.

const logto = useFreshLogto();
const application = useApplication({
  async identityProvider(baseUrl) {
    const { settings } = await logto.provision({ environment: { BASE_URL: baseUrl } });
    return {
      endpoint: logto.endpoint,
      appId: settings.LOGTO_APP_ID ?? "",
      appSecret: settings.LOGTO_APP_SECRET ?? "",
    };
  },
});
const at = (path: string) => application.baseUrl + path;

describe("sign-in after provisioning", () => {
  it("works with a username and a password, from sign-up to sign-out", async () => {
    const browser = new Browser();
    const registering = await browser.open(at("/sign-in?screen=register&returnTo=/account"));
    expect(registering.url).toMatch(new RegExp(`^${logto.endpoint}/register`));
    const account = { identifier: "ada_fresh", password: "open sesame 1" };
    const signedIn = await signUpAt(browser, registering, account);
    expect(signedIn).toMatchObject({ url: at("/account"), status: 200 });
    expect(signedIn.html).toContain("ada_fresh");
    let page = await browser.submit(signedIn, {}, "/sign-out");
    // Logto answers with a form that its own script submits.
    if (page.url !== at("/")) page = await browser.submit(page);
    expect(page.url).toBe(at("/"));
    expect((await browser.open(at("/account"))).url).not.toBe(at("/account"));
  });

  it("works with Hugging Face, by the connector", async () => {
    const browser = new Browser();
    const people = await browser.open(at("/sign-in?with=huggingface&returnTo=/account"));
    expect(people.url).toMatch(new RegExp(`^${logto.huggingFaceIssuer}/`));
    const scope = new URL(people.url).searchParams.get("scope");
    expect(scope).toBe("openid profile read-memberships");
    const signedIn = await answerHuggingFace(browser, people, "ada");
    expect(signedIn).toMatchObject({ url: at("/account"), status: 200 });
  });
});
