import type { Browser, Fields, Page } from "./browser.ts";

/**
 * Answers Hugging Face as one of its people, with consent or a refusal. It asks a second time where our application wants
 * to know more than Logto.
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
