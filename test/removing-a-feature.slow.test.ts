import { afterEach, describe, expect, it } from "vitest";

import { Copy, readRepository, timeoutMs } from "./support/copy.ts";
import { follow, followAll, readRemovals } from "./support/removal.ts";

/** What looks at all tables, all routes, all pages, or the documents that are written by a command. */
const tests = [
  "test/database/drift.test.ts",
  "test/isolation/every-route.test.ts",
  "test/http/routes.test.ts",
  "test/memberships/roles.test.ts",
  "test/views/",
];

/** What lists files, routes, tables and documents by name, and need not know of a feature that is gone. */
const lists = [
  "test/architecture.test.ts",
  "test/documents.test.ts",
  "test/removing-a-feature.test.ts",
  "test/tenancy/audited-routes.test.ts",
  "test/database/tenancy-rules.test.ts",
];

/** One change after the other at each route takes as long as the rest of them: once is enough. */
const allButChanges = "^(?!.*(writes exactly one event|changes nothing when))";

const removals = await readRemovals();
const files = await readRepository();

let copy: Copy;
afterEach(() => copy.dispose());

async function run(...command: [string, ...string[]]): Promise<void> {
  const { code, said } = await copy.run(...command);
  expect(code, `${command.join(" ")}\n${said.slice(-8_000)}`).toBe(0);
}

/** Makes a copy with these files, and sees that it compiles. */
async function keep(left: typeof files): Promise<void> {
  copy = await Copy.make();
  await copy.replace(files, left);
  await run("npm", "run", "generate");
  await run("npm", "run", "types");
}

/** Starts it, which applies its migration. @returns the status of the landing page, and whether it is ready */
const start = () =>
  copy.develop((baseUrl) =>
    Promise.all([baseUrl, `${baseUrl}/readyz`].map(async (url) => (await fetch(url)).status)),
  );

describe("docs/removing-a-feature.md", () => {
  it.each(removals.map(({ feature }) => feature))(
    "%s: the rest compiles, passes the tests that list things, and starts with npm run dev",
    async (feature) => {
      await keep(follow(files, removals, feature));
      await run("npm", "exec", "--", "vitest", "run", "-t", allButChanges, ...lists);
      expect(await start()).toEqual([200, 200]);
    },
    timeoutMs,
  );

  it(
    "all of them: the rest passes its checks and tests, and starts",
    async () => {
      await keep(followAll(files, removals));
      await run("npm", "run", "docs");
      await run("npm", "run", "format");
      await run("npm", "run", "lint");
      await run("npm", "exec", "knip");
      await run("npm", "exec", "--", "vitest", "run", ...tests, ...lists);
      expect(await start()).toEqual([200, 200]);
    },
    timeoutMs,
  );
});
