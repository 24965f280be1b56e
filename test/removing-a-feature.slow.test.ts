import { afterEach, describe, expect, it } from "vitest";

import { Copy, readRepository, timeoutMs } from "./support/copy.ts";
import { follow, readRemovals } from "./support/removal.ts";

/** What looks at all tables, all routes, all pages, or the documents that are written by a command. */
const tests = [
  "test/database/{drift,tenancy-rules}.test.ts",
  "test/isolation/every-route.test.ts",
  "test/http/routes.test.ts",
  "test/memberships/roles.test.ts",
  "test/views/",
];

const removals = await readRemovals();
const files = await readRepository();

let copy: Copy;
afterEach(() => copy.dispose());

async function run(...command: [string, ...string[]]): Promise<void> {
  const { code, said } = await copy.run(...command);
  expect(code, `${command.join(" ")}\n${said.slice(-8_000)}`).toBe(0);
}

describe("docs/removing-a-feature.md", () => {
  it.each(removals.map(({ feature }) => feature))(
    "%s: the rest compiles, is all in use, passes its tests, and starts with npm run dev",
    async (feature) => {
      copy = await Copy.make();
      await copy.replace(files, follow(files, removals, feature));
      await run("npm", "run", "generate");
      await run("npm", "run", "docs");
      await run("npm", "run", "format");
      await run("npm", "run", "types");
      await run("npm", "run", "lint");
      await run("npm", "exec", "knip");
      await run("npm", "exec", "--", "vitest", "run", ...tests);

      await copy.develop(async (baseUrl) => {
        expect((await fetch(baseUrl)).status).toBe(200);
        expect((await fetch(`${baseUrl}/readyz`)).status).toBe(200);
      });
    },
    timeoutMs,
  );
});
