import { describe, expect, it, vi } from "vitest";

import { Copy, readRepository, timeoutMs } from "./support/copy.ts";
import { type Files, follow, followAll, readRemovals } from "./support/removal.ts";

/** Tests that go over all tables, all routes, all pages, or the documents that a command writes. */
const tests = [
  "test/database/drift.test.ts",
  "test/isolation/every-route.test.ts",
  "test/http/routes.test.ts",
  "test/memberships/roles.test.ts",
  "test/views/",
  // These list files, routes, tables and documents by name.
  "test/architecture.test.ts",
  "test/documents.test.ts",
  "test/removing-a-feature.test.ts",
  "test/tenancy/audited-routes.test.ts",
  "test/database/tenancy-rules.test.ts",
  "test/database/citus.test.ts",
];

// Two at a time are faster. They start one after the other, since each looks for free ports.
vi.setConfig({ maxConcurrency: 2 });
let started: Promise<unknown> = Promise.resolve();

const removals = await readRemovals();
const files = await readRepository();

/**
 * Makes a copy with these files, sees that it compiles, and starts it, which applies its migration.
 *
 * @returns the statuses of the landing page and of /readyz
 */
async function tryOut(left: Files, ...checks: string[][]): Promise<number[]> {
  const copy = await Copy.make();
  try {
    await copy.replace(files, left);
    for (const [command = "", ...parameters] of [
      ["npm", "run", "generate"],
      ["npm", "run", "types"],
      ...checks,
    ]) {
      const { code, said } = await copy.run(command, ...parameters);
      expect(code, `${[command, ...parameters].join(" ")}\n${said.slice(-8_000)}`).toBe(0);
    }
    const start = () =>
      copy.develop((baseUrl) =>
        Promise.all([baseUrl, `${baseUrl}/readyz`].map(async (url) => (await fetch(url)).status)),
      );
    const statuses = started.then(start);
    started = statuses.catch(() => undefined);
    return await statuses;
  } finally {
    await copy.dispose();
  }
}

describe.concurrent("docs/removing-a-feature.md", () => {
  it.each(removals.map(({ feature }) => feature))(
    "%s: the rest compiles, and starts with npm run dev",
    async (feature) => expect(await tryOut(follow(files, removals, feature))).toEqual([200, 200]),
    timeoutMs,
  );

  it(
    "all of them: the rest passes its checks and tests, and starts",
    async () => {
      const checks = [
        ["npm", "run", "docs"],
        ["npm", "run", "format"],
        ["npm", "run", "lint"],
        ["npm", "exec", "knip"],
        ["npm", "exec", "--", "vitest", "run", ...tests],
      ];
      const statuses = await tryOut(followAll(files, removals), ...checks);
      expect(statuses).toEqual([200, 200]);
    },
    timeoutMs,
  );
});
