import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright-core";

/** A laptop and a phone. */
const looks = [1280, 390].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** The files of a page's pictures. */
const listFiles = (name: string) =>
  looks.map(({ width, colorScheme }) => ({
    file: `${name}-${width}-${colorScheme}.webp`,
    look: `${width} pixels, ${colorScheme}`,
    width,
    colorScheme,
  }));

/** Takes a page as it is, whole, in every look. WebP takes a fifth of the room of PNG, and only Chromium itself writes it. */
export async function takePictures(page: Page, folder: string, name: string): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  for (const { file, width, colorScheme } of listFiles(name)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate("for (const animation of document.getAnimations()) animation.finish()");
    const { cssContentSize: clip } = await devTools.send("Page.getLayoutMetrics");
    const { data } = await devTools.send("Page.captureScreenshot", {
      format: "webp",
      quality: 75,
      captureBeyondViewport: true,
      clip: { ...clip, scale: 1 },
    });
    await writeFile(join(folder, file), data, "base64");
  }
}

/** Writes the page that shows all of them. */
export async function writeIndex(
  folder: string,
  shown: readonly { name: string; title: string }[],
): Promise<void> {
  const sections = shown.map(({ name, title }) => {
    const images = listFiles(name).map(
      ({ file, look, width }) =>
        `<img src="${file}" alt="${title}: ${look}" width="${Math.round(width / 4)}" align="top" />`,
    );
    return `## ${title}\n\n\`${name}\`\n\n${images.join("\n")}\n`;
  });
  const head =
    "# Screenshots\n\nEvery page, with the demo people. `npm run screenshots` takes them again.\n";
  await writeFile(join(folder, "README.md"), [head, ...sections].join("\n"));
}
