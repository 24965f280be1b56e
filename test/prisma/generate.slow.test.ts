import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { root } from "../support/documents.ts";

// A clone with what generating needs, and packages of its own but for their contents.
let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "generate-"));
  for (const path of [
    "prisma",
    "dev",
    "prisma.config.ts",
    "package.json",
    "src/runtime/environment.ts",
  ]) {
    await cp(join(root, path), join(clone, path), { recursive: true });
  }
  await mkdir(join(clone, "node_modules"));
  for (const name of ["prisma", "@prisma", "tsx", "pg", "zod"]) {
    await symlink(join(root, "node_modules", name), join(clone, "node_modules", name));
  }
});
afterAll(() => rm(clone, { recursive: true }));

const generate = () =>
  promisify(execFile)(process.execPath, ["--import", "tsx", "dev/prisma/generate-client.ts"], {
    cwd: clone,
  });
const at = (path: string) => join(clone, path);
const readEnums = () => readFile(at("src/database/generated/enums.ts"), "utf8");

describe("npm run generate", () => {
  it("writes the client of the schema, also over another, a kept or a half-made one", async () => {
    await generate();
    const enums = await readEnums();
    expect(enums).toContain("ProjectStatus");

    // A developer adds a value, and removes it again.
    const schema = await readFile(at("prisma/schema.prisma"), "utf8");
    await writeFile(at("prisma/schema.prisma"), schema.replace("  paused\n", "  paused\n  late\n"));
    await generate();
    expect(await readEnums()).toContain("late");
    await writeFile(at("prisma/schema.prisma"), schema);
    await generate();
    expect(await readEnums()).toBe(enums);

    // An interrupted run leaves no key.
    await rm(at("src/database/generated/.key"));
    await rm(at("src/database/generated/enums.ts"));
    await generate();
    expect(await readEnums()).toBe(enums);
  });
});
