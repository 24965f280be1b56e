import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import { photograph } from "./support/screenshots.ts";
import { answerHuggingFace, createOrganization, press, seeHeading } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, application } = useBrowser();

describe("Continue with Hugging Face", () => {
  it("brings name, picture, handle and a verified e-mail address along", async () => {
    const page = await openHuggingFace();
    await answerHuggingFace(page, "ada");
    await seeHeading(page, "Your organizations");

    const picture = page.waitForResponse((response) => response.url().endsWith("/avatars/ada.svg"));
    await page.goto("/account");
    expect((await picture).status()).toBe(200);
    const profile = await readProfile(page);
    expect(profile).toContain("Ada Lovelace");
    expect(profile).toMatch(/ada@hf\.example\s+Verified/);
    await photograph(page, "account with Hugging Face");
    await page.getByRole("region", { name: "Linked accounts" }).getByText("@ada").waitFor();
  });

  it("makes a full citizen of somebody without an e-mail address", async () => {
    const page = await openHuggingFace();
    await answerHuggingFace(page, "noemail");
    await createOrganization(page, "Letters Unsent");

    await page.goto("/account");
    expect(await readProfile(page)).toContain("None, and that is fine.");
    await photograph(page, "account without e-mail");
    const organizations = page.getByRole("region", { name: "Organizations" });
    expect(await organizations.innerText()).toMatch(/Letters Unsent\s+Owner/);
  });

  it("marks an e-mail address that Hugging Face has not verified", async () => {
    const page = await openHuggingFace();
    await answerHuggingFace(page, "grace");
    await seeHeading(page, "Your organizations");

    await page.goto("/account");
    expect(await readProfile(page)).toMatch(/grace@hf\.example\s+Not verified/);
    await photograph(page, "account with an unverified e-mail");
  });

  it("stays on the hosted page after a refusal, with a way back", async () => {
    const page = await openHuggingFace();
    await answerHuggingFace(page, "katherine", "Cancel");
    await seeHeading(page, "Sign in to your account");
    expect(new URL(page.url()).origin).toBe(application.config.logto.endpoint);
    expect(await page.getByRole("alert").innerText()).toContain(
      "authorization process is unsuccessful",
    );
    await photograph(page, "hosted page after a refusal");

    await press(page, "button", "Continue with Hugging Face");
    await answerHuggingFace(page, "katherine");
    await seeHeading(page, "Your organizations");
  });
});

async function openHuggingFace(): Promise<Page> {
  const { openTab } = await openVisitor();
  const page = await openTab("/");
  await press(page, "link", "Continue with Hugging Face");
  return page;
}

function readProfile(page: Page): Promise<string> {
  return page.getByRole("region", { name: "Profile" }).innerText();
}
