import { describe, expect, it } from "vitest";

import { pathOf, press, seeHeading, seeText, signIn } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, identityProvider } = useBrowser();

describe("a person with two browsers", () => {
  it("signs the other one out, does not see it any more, and signs out everywhere", async () => {
    const account = await identityProvider.createAccount("Ines Duarte");
    const [desk, library] = [await openVisitor(), await openVisitor()];
    const [here, there] = [await desk.openTab("/account"), await library.openTab("/account")];
    for (const page of [here, there]) {
      await signIn(page, account);
      await seeHeading(page, "Your account");
    }

    await press(here, "link", "Show your sessions");
    await seeHeading(here, "Where you are signed in");
    const rows = here.getByRole("main").getByRole("listitem");
    expect(await rows.count()).toBe(2);
    expect(await rows.first().innerText()).toContain("This browser");
    await rows.last().getByRole("button").click();
    await seeText(here, "That browser is signed out.");
    expect(await rows.count()).toBe(1);

    // The identity provider still knows that browser, and signs it in with a new session.
    const cookies = await library.context.cookies();
    await there.reload();
    await seeHeading(there, "Your account");
    const before = cookies.find(({ name }) => /^session-\d+$/.test(name));
    const after = (await library.context.cookies()).find(({ name }) => /^session-\d+$/.test(name));
    expect(after?.value).not.toBe(before?.value);

    await here.reload();
    expect(await rows.count()).toBe(2);
    await press(here, "button", "Sign out everywhere");
    await seeHeading(here, "Your product’s front door");
    await here.goto("/account");
    await seeHeading(here, "Sign in to your account");
    expect(pathOf(here)).not.toBe("/account");
  });
});
