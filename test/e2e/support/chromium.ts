import { access, constants } from "node:fs/promises";

import { type Browser, chromium } from "playwright-core";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** No sandbox: containers and root cannot have one. The rest keeps it from talking to anybody but us. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws {Error} when there is no Chromium, with what to do about it */
export async function requireChromium(): Promise<void> {
  try {
    await access(executablePath, constants.X_OK);
  } catch (error) {
    throw new Error(
      `The browser tests need Chromium, and there is none at ${executablePath}. Install it ` +
        `("apt-get install chromium"), or set CHROMIUM_PATH to a Chromium or Chrome you have.`,
      { cause: error },
    );
  }
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: flags });
