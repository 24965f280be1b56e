import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { productIdentifier } from "../../src/runtime/product.ts";
import { findDatabaseUrl } from "../../dev/prisma/database-url.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "url-"));
  await mkdir(join(folder, ".dev/postgres"), { recursive: true });
  await writeFile(join(folder, ".dev/postgres/password"), "secret");
  await writeFile(join(folder, ".dev/state.json"), '{"ports":{"postgres":5439},"secrets":{}}');
});
afterAll(() => rm(folder, { recursive: true }));

describe("findDatabaseUrl()", () => {
  it("finds none while npm run dev does not run", async () => {
    expect(await findDatabaseUrl(folder, {})).toBeUndefined();
  });

  it("finds the one of npm run dev while that runs, unless DATABASE_URL names another one", async () => {
    await writeFile(join(folder, ".dev/running.json"), "{}");
    const url = `postgresql://postgres:secret@127.0.0.1:5439/${productIdentifier}`;
    expect(await findDatabaseUrl(folder, {})).toBe(url);
    // An empty value counts as not set.
    expect(await findDatabaseUrl(folder, { DATABASE_URL: "" })).toBe(url);
    expect(await findDatabaseUrl(folder, { DATABASE_URL: "postgres://x" })).toBe("postgres://x");
  });
});
