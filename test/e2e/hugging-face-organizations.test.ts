import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import {
  answerHuggingFace,
  createOrganization,
  openSection,
  press,
  seeHeading,
  seeRole,
  seeText,
} from "./support/steps.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, identityProvider } = useBrowser();

const rulesSaved = "The rules were saved. They apply to current members at their next sign-in.";

async function signInAs(handle: string, expectedStatuses: number[] = []): Promise<Page> {
  const { openTab } = await openVisitor({ expectedStatuses });
  const page = await openTab("/");
  await press(page, "link", "Continue with Hugging Face");
  await answerHuggingFace(page, handle);
  return page;
}

/** Makes Hugging Face forget the consents of this browser, so that it asks again. */
async function forgetConsent(page: Page): Promise<void> {
  await page.request.post(`${identityProvider.huggingFace.issuer}/logout`);
}

describe("an organization at Hugging Face", () => {
  it("is connected by an admin and joined by its people, and their changes there are followed", async () => {
    const katherine = await signInAs("katherine");
    await seeHeading(katherine, "Your organizations");
    await createOrganization(katherine, "Orbital Tenant");
    await openSection(katherine, "Joining");
    await press(katherine, "link", "Manage Hugging Face");
    await seeHeading(katherine, "Hugging Face");
    expect(await scrutinize(katherine, "nothing connected yet")).toEqual([]);
    await forgetConsent(katherine);
    // Under the page's own Content-Security-Policy: its form leads to another origin.
    await press(katherine, "button", "Go to Hugging Face");
    await answerHuggingFace(katherine, "katherine");
    await seeHeading(katherine, "Choose an organization");
    expect(await scrutinize(katherine, "choice of an organization")).toEqual([]);
    await press(katherine, "button", "Connect Orbital Works");
    await seeText(katherine, "The organization is connected. Check its rules below.");
    await katherine.getByLabel("How its members join").selectOption("request");
    await press(katherine, "button", "Save rules");
    await seeText(katherine, rulesSaved);
    await katherine.locator("details:has-text('Disconnect') > summary").last().click();
    await katherine.locator("details:has-text('access token') > summary").click();
    expect(await scrutinize(katherine, "connected organization")).toEqual([]);

    const valentina = await signInAs("valentina");
    await press(valentina, "button", "Ask to join Orbital Tenant");
    await seeText(valentina, "You asked to join. An admin will decide.");

    await katherine.getByLabel("How its members join").selectOption("offer");
    await press(katherine, "button", "Save rules");
    await seeText(katherine, rulesSaved);
    const mary = await signInAs("mary");
    await seeText(mary, "You work in Orbital Works at Hugging Face.");
    expect(await scrutinize(mary, "open door")).toEqual([]);
    await press(mary, "button", "Join Orbital Tenant");
    await seeHeading(mary, "Orbital Tenant");
    await seeRole(mary, "Member");

    identityProvider.world.setMembership("mary", "orbital-works", { pendingSSO: true });
    const again = await signInAs("mary", [403]);
    await again.getByText("Suspended", { exact: true }).first().waitFor();
    await again.goto("/o/orbital-tenant");
    await seeHeading(again, "Your membership is suspended");
  });

  it("cannot be connected with another person's account, and a page says so", async () => {
    const page = await signInAs("ada", [403]);
    await createOrganization(page, "Analytical Tenant");
    await page.goto("/o/analytical-tenant/hugging-face");
    await forgetConsent(page);
    await press(page, "button", "Go to Hugging Face");
    await answerHuggingFace(page, "katherine");
    await seeHeading(page, "That was another Hugging Face account");
    expect(await scrutinize(page, "another Hugging Face account")).toEqual([]);
    await press(page, "link", "Back to Hugging Face");
    await seeHeading(page, "Hugging Face");
  });
});
