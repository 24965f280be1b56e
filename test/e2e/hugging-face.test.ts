import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import { photograph } from "./support/screenshots.ts";
import { answerHuggingFace, press, seeHeading } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, application } = useBrowser();

describe("Continue with Hugging Face", () => {
  it("brings the name, picture, handle and verified e-mail address of a person", async () => {
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

  it("stays on the hosted page after a refusal, and can be repeated", async () => {
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
