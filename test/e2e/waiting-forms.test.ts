import { expect, it } from "vitest";

import { useBrowser } from "./support/browser.ts";
import { createOrganization, openSection, press, seeText, signIn } from "./support/steps.ts";

const { application, openVisitor, identityProvider } = useBrowser();

it.each([true, false])(
  "brings a form back after a sign-in that became necessary, with JavaScript: %s",
  async (javaScriptEnabled) => {
    const account = await identityProvider.createAccount("Tomas Lind");
    const { openTab } = await openVisitor({ javaScriptEnabled, expectedStatuses: [401] });
    const page = await openTab("/organizations");
    await signIn(page, account);
    await createOrganization(page, "Harbour Health");
    await openSection(page, "Settings");
    const name = page.getByLabel("Name", { exact: true });
    await name.fill("Harbour Health Trust");
    await application.query("update sessions set last_seen_at = now() - interval '90 days'");

    await press(page, "button", "Save name");
    await seeText(
      page,
      "What you typed is kept for ten minutes and will be there when you come back.",
    );
    // Logto still knows the browser.
    await press(page, "link", "Sign in");
    await seeText(
      page,
      "You are signed in again. Nothing was changed so far: check what you typed, then send it.",
    );
    expect(await name.inputValue()).toBe("Harbour Health Trust");
    await press(page, "button", "Save name");
    await seeText(page, "Your changes were saved.");
  },
);
