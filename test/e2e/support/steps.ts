import type { Page } from "playwright-core";

import { claim } from "../../../src/landing/content.ts";
import type { Account } from "../../support/identity-provider.ts";

/** Waits for the page whose main heading says so. */
export async function seeHeading(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

export async function seeText(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).first().waitFor();
}

/** Waits for the person's role on the home of an organization. */
export async function seeRole(page: Page, role: "Owner" | "Admin" | "Member" | "Viewer") {
  const region = page.getByRole("region", { name: "Your role" });
  // Not the list of permissions, which has the word "Member", too.
  await region.locator("span", { hasText: new RegExp(`^${role}$`) }).waitFor();
}

/** Presses a link or button in the page's content (the header has links of the same names). */
export async function press(page: Page, role: "link" | "button", name: string): Promise<void> {
  await page.getByRole("main").getByRole(role, { name, exact: true }).click();
}

type Credentials = Pick<Account, "username" | "password">;

/**
 * Signs up on the identity provider's pages, with a username, or with an address and the code that is mailed to it.
 *
 * @param readCode reads the code of an address
 */
export async function signUp(
  page: Page,
  { username, password }: Credentials,
  readCode?: (address: string) => string,
): Promise<void> {
  await seeHeading(page, "Create your account");
  await findIdentifier(page).fill(username);
  await press(page, "button", "Create account");
  if (readCode) {
    await seeHeading(page, "Verify your email");
    await page.getByLabel("Verification code").fill(readCode(username));
    await press(page, "button", "Continue");
  }
  await seeHeading(page, "Set password");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Confirm password").fill(password);
  await press(page, "button", "Save password");
}

/** Signs in on the identity provider's page, which asks for the password as well. */
export async function signIn(page: Page, { username, password }: Credentials): Promise<void> {
  await seeHeading(page, "Sign in to your account");
  await findIdentifier(page).fill(username);
  await page.getByLabel("Password").fill(password);
  await press(page, "button", "Sign in");
}

/** The field of the identity provider's first page. */
export const findIdentifier = (page: Page) => page.getByLabel(/^(?:Username|Email)/);

/**
 * Answers Hugging Face as one of its people. It asks a second time where our application wants to know more than Logto.
 */
export async function answerHuggingFace(
  page: Page,
  handle: string,
  answer: "Authorize" | "Cancel" = "Authorize",
): Promise<void> {
  await page
    .getByRole("link")
    .filter({ hasText: `@${handle} ` })
    .click();
  await page.getByRole("button", { name: answer }).click();
  // From the person's own page there to the list of people, or to another site.
  await page.waitForURL(({ searchParams }) => !searchParams.has("person"));
  const { pathname } = new URL(page.url());
  if (pathname === "/oauth/authorize") await answerHuggingFace(page, handle, answer);
}

/** On the page of all organizations. */
export async function createOrganization(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create organization" }).click();
  await seeHeading(page, name);
}

/** Opens the menu of organizations in the header. */
export async function openSwitcher(page: Page) {
  const menu = page.getByRole("navigation", { name: "Organizations", exact: true });
  await menu.getByRole("button").first().click();
  return menu;
}

export async function switchTo(page: Page, name: string): Promise<void> {
  const menu = await openSwitcher(page);
  await menu.getByRole("link").filter({ hasText: name }).click();
  await seeHeading(page, name);
}

/** Opens the menu of the person signed in. */
export async function openAccountMenu(page: Page) {
  const menu = page.getByRole("navigation", { name: "Account", exact: true });
  await menu.getByRole("button").first().click();
  return menu;
}

/**
 * Signs out by the account menu, and ends on the landing page.
 *
 * @param options.confirm whether the identity provider's page needs a press, because it has no JavaScript
 */
export async function signOut(page: Page, { confirm = false } = {}): Promise<void> {
  const menu = await openAccountMenu(page);
  await menu.getByRole("button", { name: "Sign out" }).click();
  if (confirm) {
    await seeHeading(page, "Signing out");
    await press(page, "button", "Sign out");
  }
  await seeHeading(page, claim);
}

/** The path that the address bar shows. */
export const pathOf = (page: Page): string => new URL(page.url()).pathname;

/** Opens the acts for a member on the members page. */
export async function openMember(page: Page, name: string) {
  const row = page.getByRole("main").getByRole("listitem").filter({ hasText: name });
  await row.getByRole("link", { name: "Manage" }).click();
  await row.getByRole("link", { name: "Close" }).waitFor();
  return row;
}

/** The tabs of the section "People", each perhaps with a count. */
const tabs = {
  Members: /^Members/,
  Invitations: /^Invitations/,
  Requests: /^Requests/,
  Joining: /^Joining/,
};

/** By the navigation of an organization, and the tabs of its section "People". */
export async function openSection(
  page: Page,
  name: keyof typeof tabs | "Home" | "Projects" | "Audit log" | "Settings",
): Promise<void> {
  const sections = page.getByRole("navigation", { name: /^Sections of / });
  const tab = name in tabs ? tabs[name as keyof typeof tabs] : undefined;
  await sections.getByRole("link", { name: tab ? "People" : name, exact: true }).click();
  if (tab && name !== "Members") {
    await page.getByRole("navigation", { name: "People" }).getByRole("link", { name: tab }).click();
  }
  if (name !== "Home") await seeHeading(page, name === "Requests" ? "Requests to join" : name);
}

/** On an organization's page of projects. */
export async function createProject(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await press(page, "button", "Create project");
  await seeHeading(page, name);
}
