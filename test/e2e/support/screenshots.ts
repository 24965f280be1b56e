import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import type { Page } from "playwright-core";

const failureFolder = fileURLToPath(new URL("../screenshots", import.meta.url));

/** Where a picture of every page goes, for people who want to look at them; unset, none is taken. */
const galleryFolder = process.env["SCREENSHOTS"];

export async function photograph(page: Page, title: string): Promise<void> {
  if (galleryFolder === undefined) return;
  const path = join(galleryFolder, nameFile(title));
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
}

export const forgetFailures = (): Promise<void> =>
  rm(failureFolder, { recursive: true, force: true });

/** Keeps a picture of each tab of a failed test, in files with the test's name. */
export async function keepFailure(testName: string, pages: readonly Page[]): Promise<void> {
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(failureFolder, nameFile(`${testName} tab ${index + 1}`)) });
  }
}

const nameFile = (title: string) => `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.png`;
