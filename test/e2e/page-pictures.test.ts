import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";

import { showsPage } from "../../src/http/route.ts";
import { root } from "../support/documents.ts";
import { useBrowser } from "./support/browser.ts";
import { makePictureWorld, type PictureWorld } from "./support/picture-world.ts";
import { takePictures, writeIndex } from "./support/pictures.ts";
import { openSwitcher } from "./support/steps.ts";
import type { Visitor } from "./support/visitor.ts";

const { application, openVisitor, openVisitorAs } = useBrowser();
const folder = join(root, "docs/screenshots");
/** `npm run screenshots` sets it. Without it, the test only opens every page. */
const isRetaking = process.env["RETAKE"] !== undefined;

type Picture = {
  name: string;
  path: string;
  /** The username of a demo person; null: a visitor. The default is the owner of the organization. */
  as?: string | null | undefined;
  /** Brings the page into the state that is shown. */
  prepare?: (page: Page) => Promise<unknown>;
  status?: number;
};

/** Pages that another person sees. */
const readers: Record<string, string | null> = {
  "/": null,
  "/sign-out": null,
  "/invitations/:token": "dana",
};

const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";

/** They answer a GET, and not with a page. */
const others = new Set(["/metrics", "/o/:slug/audit-log/export"]);

/** Other states of pages, and pages of no route. */
const states: readonly Picture[] = [
  { name: "sign-in", path: "/sign-in", as: null },
  { name: "invitation-signed-out", path: "/invitations/:token", as: null },
  { name: "organizations-invited", path: "/organizations", as: "dana" },
  { name: "organization-of-a-member", path: "/o/:slug", as: "chidi" },
  { name: "organization-switcher", path: "/o/:slug", prepare: openSwitcher },
  { name: "not-found", path: "/o/nothing-here", status: 404 },
];

let world: PictureWorld;
beforeAll(async () => {
  world = await makePictureWorld(application);
});

/** `/o/:slug/projects/:projectId` gives organization-projects-project-id. */
const nameOf = (path: string) =>
  path
    .replace(/^\/o\/:slug/, "/organization")
    .replaceAll(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-")
    .replaceAll(/^-|-$/g, "") || "landing";

/** Every page of the registry, and the states. */
const listPictures = (): Picture[] => [
  ...application.routes
    .filter(({ method, hasEffects = false }) => method === "GET" && !hasEffects)
    .filter((route) => (showsPage(route) || route.path === "/") && !others.has(route.path))
    .map(({ path }) => ({ name: nameOf(path), path, as: readers[path] })),
  ...states,
];

/** One browser for each person, who would have many sessions otherwise. Keys are usernames; null: a visitor. */
type Browsers = Map<string | null, Visitor>;

async function findBrowser(browsers: Browsers, as: string | null): Promise<Visitor> {
  const options = { expectedStatuses: states.flatMap(({ status = [] }) => status) };
  const browser =
    browsers.get(as) ??
    (as === null
      ? await openVisitor(options)
      : await openVisitorAs(world.find(as), { ...options, authenticationAge: 0 }));
  browsers.set(as, browser);
  // The sessions of tests have no browser's name.
  await application.query("update sessions set user_agent = $1", [userAgent]);
  return browser;
}

/** @returns the title of the page */
async function open(picture: Picture, browsers: Browsers): Promise<string> {
  const { name, path, as = "ada", prepare, status = 200 } = picture;
  const { context } = await findBrowser(browsers, as);
  const page = await context.newPage();
  const answer = await page.goto(world.fillIn(path));
  expect(answer?.status(), path).toBe(status);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await prepare?.(page);
  if (isRetaking) await takePictures(page, folder, name);
  const [title = ""] = (await page.title()).split(" · ");
  await page.close();
  return title;
}

const once = { timeout: 300_000 };

it("opens every page, and takes its pictures if they are wanted", once, async () => {
  if (isRetaking) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  }
  const browsers: Browsers = new Map();
  const shown: { name: string; title: string }[] = [];
  for (const picture of listPictures())
    shown.push({ name: picture.name, title: await open(picture, browsers) });
  // No picture overwrites another one.
  expect(new Set(shown.map(({ name }) => name)).size).toBe(shown.length);
  if (isRetaking) await writeIndex(folder, shown);
});
