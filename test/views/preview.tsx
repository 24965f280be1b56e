import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Page } from "playwright-core";
import { renderPage } from "../../src/http/render.ts";
import { gallery } from "./gallery.tsx";

/*
 * node --import tsx test/views/preview.tsx [folder]
 * Photographs every page of the gallery in Chromium (phone and desktop, light and dark, menus open) under a strict
 * Content-Security-Policy, and fails on any axe violation, console error or page wider than the screen.
 * For people who change how pages look; without [folder] it only checks.
 */
const folder = process.argv[2];
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' https:; form-action 'self'; base-uri 'none'";
const widths = [360, 390, 1280];
const pagesWithMenusOpened = new Set(["organizations", "organization-home-long", "account-bare"]);
const problems: string[] = [];

const css = spawnSync("npx", [
  "tailwindcss",
  "--input",
  "src/views/app.css",
  "--output",
  "public/app.css",
  "--minify",
]);
if (css.status !== 0) throw new Error(String(css.stderr));

const assets: Readonly<Record<string, string>> = {
  "/app.css": "text/css",
  "/favicon.svg": "image/svg+xml",
};
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://preview.invalid");
  const type = assets[pathname];
  const page = gallery[pathname.slice(1)];
  if (type)
    return response.writeHead(200, { "content-type": type }).end(readFileSync(`public${pathname}`));
  if (!page) return response.writeHead(404).end();
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  return response.writeHead(200, headers).end(renderPage(page));
});
await new Promise<void>((resolve) => {
  server.listen(0, "127.0.0.1", resolve);
});
const address = server.address();
if (address === null || typeof address === "string")
  throw new Error("the preview server has no port");
const origin = `http://127.0.0.1:${address.port}`;

const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
if (folder) mkdirSync(folder, { recursive: true });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of widths) {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: 844 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    for (const name of Object.keys(gallery))
      await visit(page, name, `${name}-${width}-${colorScheme}`);
    await context.close();
  }
}
await browser.close();
server.close();
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function visit(page: Page, name: string, label: string): Promise<void> {
  page.removeAllListeners("console");
  page.on("console", (message) => {
    // The gallery's avatar is at a host that does not exist: the initials under it must show.
    const isMissingPicture = message.location().url.startsWith("https://images.example/");
    if (message.type() === "error" && !isMissingPicture)
      problems.push(`${label}: ${message.text()}`);
  });
  await page.goto(`${origin}/${name}`);
  await check(page, label);
  if (!pagesWithMenusOpened.has(name)) return;
  const menus = await page.locator("details.header-menu > summary").all();
  for (const [index, menu] of menus.entries()) {
    await menu.click({ timeout: 5000 });
    await check(page, `${label}-menu${index}`);
    // The stretched summary: a click anywhere outside closes the menu.
    await page.mouse.click(5, 800);
    if ((await page.locator("details.header-menu[open]").count()) > 0)
      problems.push(`${label}: menu ${index} stays open`);
  }
}

async function check(page: Page, label: string): Promise<void> {
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  if (Number(overflow) > 0) problems.push(`${label}: ${String(overflow)} px wider than the screen`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, nodes } of violations) {
    problems.push(`${label}: ${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  }
  if (folder)
    await page.screenshot({
      path: join(folder, `${label}.png`),
      fullPage: !label.includes("-menu"),
    });
}
