/** Takes the elements out of a page that load our own scripts: any other script would be someone else's. */
export const withoutOwnScripts = (html: string): string =>
  html.replaceAll(/<script type="module" src="\/[\w.-]+\.js"><\/script>/g, "");
