import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { addColumns } from "./add-columns.ts";

const root = resolve(import.meta.dirname, "../..");

/** Minutes, for a machine of two cores. */
const patience = 30 * 60_000;

/** What a resource can break: the tests that loop over routes, tables, permissions, pages, files and documents. */
const loops = [
  "test/isolation/",
  "test/database/drift",
  "test/database/tenancy-rules",
  "test/audit-log/routes",
  "test/auth/token-requests",
  "test/http/routes",
  "test/organizations/purge",
  "test/views/",
  "test/architecture",
  "test/deployment",
  "test/documents",
];

/** A copy of the repository to change: what git knows or would add, and this installation. */
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "new-resource-"));
  for (const path of await listFiles()) {
    await cp(join(root, path), join(copy, path), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
}, patience);
afterAll(() => rm(copy, { recursive: true, force: true }));

async function listFiles(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  // A link to the installation is not ignored as the folder is.
  const isOurs = (path: string) => path !== "" && path !== "node_modules";
  return stdout.split("\0").filter((path) => isOurs(path) && existsSync(join(root, path)));
}

/** As from a terminal: nothing of the test run that we are in. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$|DEV$|PROD$)/.test(name)),
);

/** Runs a script of the copy's package.json, and tells its exit code and what it said. */
async function run(...parameters: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(
      "npm",
      ["run", ...parameters],
      {
        cwd: copy,
        env: environment,
        maxBuffer: 2 ** 26,
        timeout: patience,
      },
      (error, stdout, stderr) => {
        done({ code: error ? 1 : 0, said: `${stdout}\n${stderr}` });
      },
    );
  });
}

/** The end of what was said: there stands what went wrong. */
const lastOf = (said: string) => said.slice(-8_000);

/** What is in the files that the generator may touch. */
async function fingerprint(): Promise<string> {
  const { stdout } = await promisify(execFile)(
    "find",
    ["src", "test", "prisma", "docs", "dev", "-type", "f"],
    { cwd: copy, maxBuffer: 2 ** 26 },
  );
  const hash = createHash("sha256");
  for (const path of stdout.trim().split("\n").toSorted()) {
    // Written anew each time, and not the same to the byte.
    if (dirname(path).startsWith("src/database/generated")) continue;
    hash.update(path).update(await readFile(join(copy, path)));
  }
  return hash.digest("hex");
}

describe("npm run new:resource", () => {
  it.each([
    [["sessions"], "There is src/sessions/ already. Nothing was changed."],
    [["task"], "Did you mean tasks? Nothing was changed."],
    [[], "Say one name, the plural"],
    [["tasks", "notes"], "Say one name, the plural"],
    // Only Prisma itself knows this one: all is written by then, and has to be taken back.
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
    patience,
  );

  it(
    "makes a resource to which the guide adds three columns, and the types name each place that lacks them",
    async () => {
      const made = await run("new:resource", "--", "errands");
      expect(made.code, lastOf(made.said)).toBe(0);
      await addColumns(copy, ["model", "migration"]);
      await run("generate");
      const incomplete = await run("types");
      const places = incomplete.said.match(/^(src|test)\/[\w./-]+(?=\()/gm);
      expect([...new Set(places)].toSorted()).toEqual([
        "src/errands/fields-view.tsx",
        "src/errands/form-view.tsx",
        "src/errands/schema.ts",
        "test/errands/world.ts",
      ]);
      await addColumns(copy, ["schema", "form", "fields", "samples"]);
      const complete = await run("types");
      expect(complete.code, lastOf(complete.said)).toBe(0);
    },
    patience,
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
    patience,
  );
});
