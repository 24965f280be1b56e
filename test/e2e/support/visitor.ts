import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

import { launchChromium } from "./chromium.ts";
import { collectComplaints } from "./complaints.ts";
import { keepFailure } from "./screenshots.ts";

/** A person with a browser of their own, without cookies and with any number of tabs. */
export type Visitor = {
  context: BrowserContext;
  openTab(path: string): Promise<Page>;
};

export type VisitorOptions = Pick<
  BrowserContextOptions,
  "javaScriptEnabled" | "viewport" | "colorScheme"
> & {
  /** Error statuses that are part of the journey; any other fails the test. */
  expectedStatuses?: readonly number[];
};

/**
 * One Chromium for the tests of a file. A test fails when the browser of a visitor complains, and each failure leaves a
 * picture of each tab.
 */
export function useVisitors(baseUrl: () => string) {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  return async function openVisitor(options: VisitorOptions = {}): Promise<Visitor> {
    const { expectedStatuses = [], ...contextOptions } = options;
    const context = await browser.newContext({
      baseURL: baseUrl(),
      locale: "en",
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 800 },
      ...contextOptions,
    });
    context.setDefaultTimeout(20_000);
    const complaints = collectComplaints(context, expectedStatuses);

    onTestFinished(async ({ task }) => {
      const hasFailed = task.result?.state === "fail" || complaints.length > 0;
      try {
        if (hasFailed) await keepFailure(task.name, context.pages());
      } finally {
        await context.close();
      }
      expect(complaints).toEqual([]);
    });

    return {
      context,
      async openTab(path) {
        const page = await context.newPage();
        await page.goto(path);
        return page;
      },
    };
  };
}
