import { BROWSER_MAP, parse, type ParsedResult } from "bowser";

/** The browsers that have a name of their own; anything else may be any text that a client made up. */
const knownBrowsers: ReadonlySet<string | undefined> = new Set(Object.values(BROWSER_MAP));

/**
 * Says in plain words what a User-Agent stands for: "Firefox on Windows", "Safari on an iPhone". It is what the browser
 * says of itself, and no proof.
 */
export function describeDevice(userAgent: string | null): string {
  if (!userAgent) return "An unknown browser";
  const { browser, ...rest } = parse(userAgent);
  const name = browser.name !== undefined && knownBrowsers.has(browser.name) ? browser.name : null;
  const device = nameDevice(rest);
  if (name === null) return device ? `A browser on ${device}` : "An unknown browser";
  return device ? `${name.replace(/ for Android$/, "")} on ${device}` : name;
}

function nameDevice({ os, platform }: Pick<ParsedResult, "os" | "platform">): string | undefined {
  const { model, type } = platform;
  if (model === "iPhone" || model === "iPad") return `an ${model}`;
  if (os.name === "Android" && (type === "mobile" || type === "tablet")) {
    return type === "mobile" ? "an Android phone" : "an Android tablet";
  }
  return os.name;
}
