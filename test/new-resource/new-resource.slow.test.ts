import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Copy, timeoutMs } from "../support/copy.ts";
import { addColumns } from "./add-columns.ts";

/** The tests that loop over routes, tables, permissions, pages, files and documents: a resource can break them. */
const loops = [
  "test/isolation/",
  "test/database/drift",
  "test/database/tenancy-rules",
  "test/database/citus",
  "test/tenancy/audited-routes",
  "test/tenancy/token-requests",
  "test/http/routes",
  "test/organizations/purge",
  "test/views/",
  "test/architecture",
  "test/deployment",
  "test/documents",
  "test/logto/provision",
  "test/access/roles",
  "test/removing-a-feature.test",
];

let copy: Copy;
beforeAll(async () => {
  copy = await Copy.make();
}, timeoutMs);
afterAll(() => copy.dispose());

const run = (...parameters: string[]) => copy.run("npm", "run", ...parameters);

/** The end of the output, which has the error. */
const lastOf = (said: string) => said.slice(-8_000);

/** Reads the files that the generator may touch. */
async function fingerprint(): Promise<string> {
  const { stdout } = await promisify(execFile)(
    "find",
    ["src", "test", "prisma", "docs", "dev", "-type", "f"],
    { cwd: copy.folder, maxBuffer: 2 ** 26 },
  );
  const hash = createHash("sha256");
  for (const path of stdout.trim().split("\n").toSorted()) {
    // Each run generates them again, and not byte for byte.
    if (dirname(path).startsWith("src/database/generated")) continue;
    hash.update(path).update(await readFile(copy.at(path)));
  }
  return hash.digest("hex");
}

describe("npm run new:resource", () => {
  it.each([
    [["sessions"], "There is src/sessions/ already. Nothing was changed."],
    [["task"], "Did you mean tasks? Nothing was changed."],
    [[], "Say one name, the plural"],
    [["tasks", "notes"], "Say one name, the plural"],
    // Only Prisma refuses this one, after all files are written: the generator has to restore them.
    [["prisma-clients"], "It did not fit in"],
  ])(
    "refuses %j, and changes nothing",
    async (names, why) => {
      const before = await fingerprint();
      const { code, said } = await run("new:resource", "--", ...names);
      expect(said).toContain(why);
      expect(code).toBe(1);
      expect(await fingerprint()).toBe(before);
    },
    timeoutMs,
  );

  it(
    "makes a resource to which the guide adds four columns, and the types name each place that lacks them",
    async () => {
      const made = await run("new:resource", "--", "errands");
      expect(made.code, lastOf(made.said)).toBe(0);
      await addColumns(copy.folder, ["model", "migration"]);
      await run("generate");
      const incomplete = await run("types");
      const places = incomplete.said.match(/^(src|test)\/[\w./-]+(?=\()/gm);
      expect([...new Set(places)].toSorted()).toEqual([
        "src/errands/fields-view.tsx",
        "src/errands/form-view.tsx",
        "src/errands/schema.ts",
        "test/errands/world.ts",
      ]);
      await addColumns(copy.folder, ["schema", "form", "fields", "samples"]);
      const complete = await run("types");
      expect(complete.code, lastOf(complete.said)).toBe(0);
    },
    timeoutMs,
  );

  it(
    "makes resources that pass npm run check as they are, with all that loops over routes, tables, pages and documents",
    async () => {
      for (const name of ["tasks", "support-tickets"]) {
        const made = await run("new:resource", "--", name);
        expect({ code: made.code, said: lastOf(made.said) }).toMatchObject({ code: 0 });
        expect(made.said).toContain(`test/${name}/pages.test.ts`);
      }
      const resources = ["errands", "tasks", "support-tickets"];
      const checked = await run(
        "check",
        "--",
        ...resources.map((name) => `test/${name}/`),
        ...loops,
      );
      expect(checked.code, lastOf(checked.said)).toBe(0);
      for (const name of resources) expect(checked.said).toContain(`test/${name}/pages.test.ts`);
    },
    timeoutMs,
  );
});
