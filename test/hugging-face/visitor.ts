import type { Person, RunningApplication } from "../support/application.ts";
import type { Browser, Fields, Page } from "../support/browser.ts";

/** The subject of Orbital Works at the Hugging Face stand-in. */
export const orbital = "65aa0000000000000000000b";

/**
 * At Hugging Face: who somebody is, and whether they let the application look. Whoever lets Logto look is asked again where
 * the application wants to know more.
 */
export async function answerHuggingFace(
  browser: Browser,
  people: Page,
  handle: string,
  fields: Fields = {},
): Promise<Page> {
  const url = findAccount(people, handle);
  if (url === undefined) throw new Error(`no ${handle} at ${people.url} (${people.status})`);
  const answered = await browser.submit(await browser.open(url, people), fields);
  const isAskedAgain =
    findAccount(answered, handle) !== undefined && fields["decision"] !== "refuse";
  return isAskedAgain ? answerHuggingFace(browser, answered, handle, fields) : answered;
}

function findAccount({ html, url }: Page, handle: string): string | undefined {
  const link = new RegExp(`href="([^"]*[?&;]person=${handle}[^"]*)"`).exec(html)?.[1];
  return link && new URL(link.replaceAll("&amp;", "&"), url).href;
}

export async function signIn(
  { baseUrl }: RunningApplication,
  browser: Browser,
  handle: string,
  returnTo = "/organizations",
): Promise<Page> {
  const people = await browser.open(`${baseUrl}/sign-in?with=huggingface&returnTo=${returnTo}`);
  // Logto and Hugging Face still know this browser: then nobody is asked.
  return people.url.startsWith(baseUrl) ? people : answerHuggingFace(browser, people, handle);
}

/** Somebody who has signed in. */
export async function findPerson(
  { query }: RunningApplication,
  handle: string,
): Promise<Person & { subject: string }> {
  const [row] = await query<{ id: string; subject: string }>(
    `select u.id, u.subject from users u join identities i on i.user_id = u.id where i.handle = $1`,
    [handle],
  );
  if (!row) throw new Error(`${handle} has not signed in.`);
  return { ...row, name: handle };
}
