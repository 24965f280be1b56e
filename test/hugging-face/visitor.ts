import type { Person, RunningApplication } from "../support/application.ts";
import { answerHuggingFace } from "../support/answer-hugging-face.ts";
import type { Browser, Page } from "../support/browser.ts";

/** The subject of Orbital Works at the Hugging Face stand-in. */
export const orbital = "65aa0000000000000000000b";

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

/** Finds a person who has signed in. */
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
