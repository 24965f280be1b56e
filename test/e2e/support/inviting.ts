import type { Page } from "playwright-core";

import { press } from "./steps.ts";

/** On the page of an organization's invitations: one recipient, or several with commas. */
export async function invite(page: Page, recipients: string): Promise<void> {
  await page.getByLabel("Email addresses or Hugging Face usernames").fill(recipients);
  await press(page, "button", "Invite people");
}

/** On the same page: a link for one person. */
export async function makeLink(page: Page): Promise<string> {
  await page.getByLabel("Maximum uses").fill("1");
  await press(page, "button", "Create invite link");
  return readLink(page);
}

/** @returns the path of the invitation that was just made */
export const readLink = async (page: Page): Promise<string> =>
  new URL(await page.getByRole("main").locator("copy-field input").first().inputValue()).pathname;
