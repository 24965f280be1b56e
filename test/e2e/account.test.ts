import { expect, it } from "vitest";

import { useBrowser } from "./support/browser.ts";
import { photograph } from "./support/screenshots.ts";
import { answerHuggingFace, press, seeHeading, seeText, signUp } from "./support/steps.ts";

const { openVisitor, identityProvider } = useBrowser({ hasMail: true, isProvisioned: true });

it("a person changes their name, their email address with a code, and links and unlinks Hugging Face", async () => {
  const { openTab } = await openVisitor();
  const page = await openTab("/");
  const profile = page.getByRole("region", { name: "Profile" });
  const email = "vera@mail.example";
  const password = "correct horse 42";
  await press(page, "link", "Create account");
  await signUp(page, { username: email, password }, identityProvider.readCode);
  await seeHeading(page, "Your organizations");

  await page.goto("/account");
  await press(page, "link", "Edit profile");
  await page.getByLabel("Name", { exact: true }).fill("Vera Lind");
  await page.getByLabel("Time zone").selectOption("Europe/Stockholm");
  await photograph(page, "edit profile");
  await press(page, "button", "Save");
  await seeText(page, "Your profile is saved.");
  expect(await profile.innerText()).toMatch(/Vera Lind[^]+Europe\/Stockholm/);
  await photograph(page, "account");

  await press(page, "link", "Change your email address");
  await seeHeading(page, "Security verification");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "button", "Verify your password");
  await page.getByLabel("Email address").fill("vera@new.example");
  await press(page, "button", "Send verification code");
  await page.getByLabel("Verification code").fill(identityProvider.readCode("vera@new.example"));
  await press(page, "button", "Continue");
  await seeText(page, "Your email address is now vera@new.example.");
  expect(await profile.innerText()).toMatch(/vera@new\.example\s+Verified/);

  // The proof still counts at the identity provider.
  await press(page, "link", "Link Hugging Face");
  await answerHuggingFace(page, "grace");
  await press(page, "link", "Done");
  await seeText(page, "Your Hugging Face account is linked.");
  const linked = page.getByRole("region", { name: "Linked accounts" });
  await linked.getByText("@grace").waitFor();
  expect(await profile.innerText()).toMatch(/vera@new\.example\s+Verified/);

  await press(page, "link", "Unlink Hugging Face");
  await seeHeading(page, "Unlink Hugging Face");
  await photograph(page, "unlink Hugging Face");
  await press(page, "link", "Unlink Hugging Face");
  await press(page, "link", "Done");
  await seeText(page, "Your Hugging Face account is no longer linked.");
  await linked.getByText("No linked accounts").waitFor();
});
