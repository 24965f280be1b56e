import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { writeEnvFile } from "../../src/logto/provision/env-file.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "env-file-"));
  file = join(folder, ".env");
});
afterEach(() => rm(folder, { recursive: true }));

/** @returns the contents of the file afterwards */
async function change(before: string, variables: Record<string, string>): Promise<string> {
  await writeFile(file, before);
  await writeEnvFile(file, variables);
  return readFile(file, "utf8");
}

describe("writeEnvFile()", () => {
  it("creates the file, for this account only, and leaves no other", async () => {
    await writeEnvFile(file, { ID: "a1", SECRET: "b2" });
    expect(await readFile(file, "utf8")).toBe("ID=a1\nSECRET=b2\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual([".env"]);
  });

  it.each([
    ["in place of its line", "A=1\nID=old\nB=2\n", "A=1\nID=new\nB=2\n"],
    ["of each of its lines", "ID=1\nexport ID = 2\n", "ID=new\nID=new\n"],
    ["after the line that offers it", "# ID=example\nB=2\n", "# ID=example\nID=new\nB=2\n"],
    ["at the end", "B=2\n", "B=2\nID=new\n"],
    ["at an end without a line break", "B=2", "B=2\nID=new\n"],
    ["with the line breaks that are there", "A=1\r\nID=old\r\n", "A=1\r\nID=new\r\n"],
    ["not for one of a longer name", "MY_ID=1\nID_2=2\n", "MY_ID=1\nID_2=2\nID=new\n"],
    ["and no other line", "# x\n\n  B = 'y # z'\n", "# x\n\n  B = 'y # z'\nID=new\n"],
  ])("sets a variable %s", async (_, before, after) => {
    expect(await change(before, { ID: "new" })).toBe(after);
    expect(await change(after, { ID: "new" })).toBe(after);
  });

  it.each(["a b", "it's", 'say "hi"', `it's "so"`, "$HOME", "#1", "k=v", "a\\nb"])(
    "sets %j, which is read unchanged",
    async (value) => {
      expect(parseEnv(await change("A=1\n", { ID: value }))).toEqual({ A: "1", ID: value });
    },
  );

  it("writes through a symbolic link", async () => {
    const target = join(folder, "settings");
    await writeFile(target, "A=1\n");
    await symlink(target, file);
    await writeEnvFile(file, { ID: "new" });
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, "utf8")).toBe("A=1\nID=new\n");
  });

  it.each([
    ["a value of several lines would be torn", 'ID="one\nTWO=2"\n', "new"],
    ["no quotation mark is left for the value", "A=1\n", " '\"`"],
  ])("refuses, and changes nothing, where %s", async (_, before, value) => {
    await writeFile(file, before);
    await expect(writeEnvFile(file, { ID: value })).rejects.toThrow("without changing more");
    expect(await readFile(file, "utf8")).toBe(before);
    expect(await readdir(folder)).toEqual([".env"]);
  });
});
