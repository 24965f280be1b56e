import { BROWSER_MAP, parse, type ParsedResult } from "bowser";

/** Names of known browsers; another name may be any text that a client made up. */
const knownBrowsers: ReadonlySet<string | undefined> = new Set(Object.values(BROWSER_MAP));

/**
 * Describes a User-Agent in plain words: "Firefox on Windows", "Safari on an iPhone". A browser can send any, so it proves
 * nothing.
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
