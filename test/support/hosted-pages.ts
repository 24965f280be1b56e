import type { Browser, Page } from "./browser.ts";

type Credentials = { identifier: string; password: string };

/** Signs in on Logto's page, which asks for the password at once or on a page of its own. */
export async function signInAt(
  browser: Browser,
  page: Page,
  { identifier, password }: Credentials,
): Promise<Page> {
  if (page.html.includes('name="password"')) return browser.submit(page, { identifier, password });
  return browser.submit(await browser.submit(page, { identifier }), { password });
}

/**
 * Signs up on Logto's page with a username, or with an address and the code that is mailed to it, and a password.
 *
 * @param readCode reads the code of an address
 */
export async function signUpAt(
  browser: Browser,
  page: Page,
  { identifier, password }: Credentials,
  readCode?: (address: string) => string,
): Promise<Page> {
  let next = await browser.submit(page, { identifier });
  if (readCode) next = await browser.submit(next, { code: readCode(identifier) });
  return browser.submit(next, { newPassword: password, confirmPassword: password });
}
