import { randomUUID } from "node:crypto";

import { expect, it } from "vitest";
import type { Page } from "playwright-core";

import { invite, makeLink, readLink } from "./support/inviting.ts";
import { scrutinize } from "./support/scrutiny.ts";
import {
  answerHuggingFace,
  findIdentifier,
  openSection,
  openSwitcher,
  pathOf,
  press,
  seeHeading,
  seeRole,
  seeText,
  signUp,
} from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";
import type { VisitorOptions } from "./support/visitor.ts";

const { application, identityProvider, openVisitor, openVisitorAs } = useBrowser({
  hasMail: true,
});

/** An organization, with its owner on the page of its invitations. */
async function openInvitations(options?: VisitorOptions) {
  const owner = await application.createPerson("Olivia Okafor");
  const organization = await application.createOrganization(owner, "Lantern Press");
  const page = await (await openVisitorAs(owner, options)).openTab(`/o/${organization.slug}`);
  await openSection(page, "Invitations");
  return { page, organization };
}

/** Checks that a person is a member of this organization, and of no other one. */
async function seeOnly(page: Page, organization: { name: string; slug: string }) {
  await seeHeading(page, organization.name);
  expect(pathOf(page)).toBe(`/o/${organization.slug}`);
  await seeRole(page, "Member");
  const menu = await openSwitcher(page);
  expect(await menu.getByRole("link").filter({ hasText: "Member" }).count()).toBe(1);
}

/** A person who signs in with an email address. */
function inventAddress(name: string) {
  const account = identityProvider.inventAccount(name);
  return { ...account, username: `${account.username}@lantern.example` };
}

it.each([
  { browser: "a browser as it comes", javaScriptEnabled: true },
  { browser: "a browser without JavaScript", javaScriptEnabled: false },
])(
  "lets a person with a new password account join by a mail, in $browser",
  async ({ javaScriptEnabled }) => {
    const { page, organization } = await openInvitations({
      javaScriptEnabled,
      expectedStatuses: [422],
    });
    const account = inventAddress("Nina Nakamura");
    await invite(page, `Nina <${account.username.toUpperCase()}>, nobody at all`);
    await page.getByText("nobody at all is not an email address", { exact: false }).waitFor();
    const list = page.getByLabel("Email addresses or Hugging Face usernames");
    expect(await list.inputValue()).toContain("nobody at all");
    await invite(page, `Nina <${account.username.toUpperCase()}>`);
    await seeText(page, "Copy this link now. It won’t be shown again.");
    await page.reload();
    await seeText(page, account.username);
    expect(await page.getByText("won’t be shown again", { exact: false }).count()).toBe(0);

    const [mail] = await application.deliverMail();
    expect(mail?.to).toBe(account.username);
    expect(mail?.subject).toBe("Olivia Okafor invites you to Lantern Press");
    const link = /http:\S+\/invitations\/\S+/.exec(mail?.text ?? "")?.[0] ?? "";

    const guest = await (await openVisitor({ javaScriptEnabled })).openTab(link);
    await seeHeading(guest, "Join Lantern Press");
    await seeText(guest, account.username);
    await press(guest, "button", "Create an account");
    expect(await findIdentifier(guest).inputValue()).toBe(account.username);
    await signUp(guest, account, identityProvider.readCode);
    await seeHeading(guest, "Join Lantern Press");
    expect(guest.url()).toBe(link);
    await press(guest, "button", "Join Lantern Press");
    await seeOnly(guest, organization);
    // The link leads a member to the organization.
    await guest.goto(link);
    await seeHeading(guest, "Lantern Press");

    await page.goto(`/o/${organization.slug}/members`);
    await seeText(page, account.username);
    await openSection(page, "Invitations");
    await seeText(page, "No pending invitations");
  },
);

it("lets the person with a name at Hugging Face join, and nobody else", async () => {
  const { page, organization } = await openInvitations();
  await invite(page, "https://huggingface.co/Katherine");
  const link = await readLink(page);

  const guest = await (await openVisitor()).openTab(link);
  await press(guest, "button", "Continue with Hugging Face");
  await answerHuggingFace(guest, "grace");
  await seeText(guest, "This invitation is for another account");
  // Hugging Face knows this browser, until she signs out there.
  await guest.context().clearCookies({ name: "hugging-face-stand-in" });
  await press(guest, "button", "Use another account");
  await answerHuggingFace(guest, "katherine");
  await guest.getByRole("main").getByRole("button", { name: "Join Lantern Press" }).waitFor();
  expect(pathOf(guest)).toBe(link);
  await press(guest, "button", "Join Lantern Press");
  await seeOnly(guest, organization);
});

it("lets an admin accept another account of the invited person", async () => {
  const { page, organization } = await openInvitations();
  await invite(page, "work@lantern.example");
  const link = await readLink(page);

  const guest = await (await openVisitor()).openTab(link);
  await press(guest, "button", "Create an account");
  const account = inventAddress("Nina Nakamura");
  await signUp(guest, account, identityProvider.readCode);
  await seeText(guest, "This invitation is for another account");
  await seeText(guest, "work@lantern.example");
  await guest.getByRole("main").getByText(account.username).first().waitFor();
  expect(await scrutinize(guest, "invitation for another account")).toEqual([]);
  await press(guest, "button", "Ask an admin to accept this account");
  await seeHeading(guest, "Your organizations");
  await seeText(guest, "You asked to join. An admin will decide.");

  await openSection(page, "Requests");
  await page
    .getByRole("main")
    .getByText("work@lantern.example", { exact: false })
    .first()
    .waitFor();
  await page
    .getByRole("main")
    .getByRole("button", { name: /^Approve/ })
    .click();
  await guest.goto("/organizations");
  await guest.getByRole("main").getByRole("link", { name: "Lantern Press" }).click();
  await seeOnly(guest, organization);

  await openSection(page, "Audit log");
  await page
    .getByText("with the invitation for work@lantern.example", { exact: false })
    .first()
    .waitFor();
  await openSection(page, "Invitations");
  await seeText(page, "No pending invitations");
});

it("is on the invited person's list of organizations until they decline", async () => {
  const { page } = await openInvitations();
  const account = inventAddress("Nina Nakamura");
  await invite(page, account.username);

  const guest = await (await openVisitor()).openTab("/");
  await press(guest, "link", "Create account");
  await signUp(guest, account, identityProvider.readCode);
  await seeHeading(guest, "Your organizations");
  await seeText(guest, "Olivia Okafor invites you as a member.");
  expect(await scrutinize(guest, "an invitation that waits")).toEqual([]);
  await press(guest, "button", "Decline Lantern Press");
  await seeText(guest, "You declined the invitation to Lantern Press.");
  await seeText(guest, "You are not in an organization yet");

  await openSection(page, "Invitations");
  await seeText(page, "No pending invitations");
});

it("survives two tabs and a lost cookie", async () => {
  const { page, organization } = await openInvitations();
  const account = inventAddress("Nina Nakamura");
  await invite(page, account.username);
  const link = await readLink(page);

  const { openTab, context } = await openVisitor({ expectedStatuses: [400] });
  const [first, second] = [await openTab(link), await openTab(link)];
  await press(first, "button", "Create an account");
  await seeHeading(first, "Create your account");
  await press(second, "button", "Sign in");
  await seeHeading(second, "Sign in to your account");
  // A browser inside an app may lose its cookies on the way.
  await context.clearCookies({ domain: "localhost" });
  await signUp(first, account, identityProvider.readCode);
  await seeHeading(first, "This sign-in cannot be finished");
  await press(first, "link", "Start again");
  await seeHeading(first, "Join Lantern Press");
  expect(pathOf(first)).toBe(link);
  await press(first, "button", "Sign in");
  await press(first, "button", "Join Lantern Press");
  await seeOnly(first, organization);
  // Logto keeps one sign-in of an application for a browser, so the other tab's sign-in has ended.
  await findIdentifier(second).fill(account.username);
  await press(second, "button", "Sign in");
  await seeText(second, "Session not found. Please go back and sign in again.");
  await second.goto(second.url());
  await seeHeading(second, "Lantern Press");
});

it("copies a link, and has no button for it without JavaScript", async () => {
  const { page } = await openInvitations();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const path = await makeLink(page);
  await page.getByRole("button", { name: "Copy Invite link" }).click();
  await page.getByRole("button", { name: "Copied Invite link" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(path);

  const plain = await openInvitations({ javaScriptEnabled: false });
  await makeLink(plain.page);
  expect(await plain.page.getByRole("button", { name: "Copy" }).count()).toBe(0);
});

it("has accessible pages", async () => {
  const { page } = await openInvitations({ expectedStatuses: [422] });
  await invite(page, "@grace, not an address");
  await page.getByText("not an address is not an email address", { exact: false }).waitFor();
  expect(await scrutinize(page, "wrong addresses")).toEqual([]);
  await invite(page, `${randomUUID()}@lantern.example, @grace`);
  await seeText(page, "Copy these links now. They won’t be shown again.");
  expect(await scrutinize(page, "invitations")).toEqual([]);
});
