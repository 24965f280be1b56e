import { expect, it } from "vitest";

import { photograph } from "./support/screenshots.ts";
import { answerHuggingFace, press, seeHeading } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor } = useBrowser();

it("Continue with Hugging Face brings the name, picture, handle and verified email address of a person", async () => {
  const { openTab } = await openVisitor();
  const page = await openTab("/");
  await press(page, "link", "Continue with Hugging Face");
  await answerHuggingFace(page, "ada");
  await seeHeading(page, "Your organizations");

  const picture = page.waitForResponse((response) => response.url().endsWith("/avatars/ada.svg"));
  await page.goto("/account");
  expect((await picture).status()).toBe(200);
  const profile = await page.getByRole("region", { name: "Profile" }).innerText();
  expect(profile).toContain("Ada Lovelace");
  expect(profile).toMatch(/ada@hf\.example\s+Verified/);
  await photograph(page, "account with Hugging Face");
  await page.getByRole("region", { name: "Linked accounts" }).getByText("@ada").waitFor();
});
