import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

import { photograph } from "./screenshots.ts";

/** The narrowest that WCAG 1.4.10 asks for, and a laptop. */
const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  [1280, 320].map((width) => ({ colorScheme, width })),
);

/**
 * Looks at a page as it is: can everybody read it, and is it no wider than the screen?
 *
 * @returns what is wrong with it, and in which of four looks
 */
export async function scrutinize(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const [index, { colorScheme, width }] of looks.entries()) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await finishTransitions(page);
    await photograph(page, `${name} ${width} ${colorScheme}`);
    for (const fault of await findFaults(page, { colorScheme, isFirst: index === 0 }))
      found.push(`${width} ${colorScheme}: ${fault}`);
  }
  return found;
}

/** A change of colours is a transition, and half-way colours have half the contrast. */
async function finishTransitions(page: Page): Promise<void> {
  await page.evaluate("for (const animation of document.getAnimations()) animation.finish()");
}

/** @returns the findings of axe, and whether the page is wider than the screen */
async function findFaults(
  page: Page,
  { colorScheme, isFirst }: { colorScheme: "light" | "dark"; isFirst: boolean },
): Promise<string[]> {
  // Loading axe takes longer than running it, and it stays in the page.
  const { violations } = await new AxeBuilder(isFirst ? { page } : { page, axeSource: "axe" })
    // Our pages have no frames; the other mode would open a tab for each run.
    .setLegacyMode()
    .options({
      // It takes half the time without a description of the passed rules.
      resultTypes: ["violations"],
      // Dark mode differs in colours only.
      ...(colorScheme === "dark" && { runOnly: ["color-contrast"] }),
    })
    .analyze();
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target.join(" ")}`),
  );
  const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
  return overflow > 0 ? [...faults, `${overflow} pixels wider than the screen`] : faults;
}
