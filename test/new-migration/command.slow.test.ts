import { readdir } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Copy, timeoutMs } from "../support/copy.ts";

let copy: Copy;
beforeAll(async () => {
  copy = await Copy.make();
  await copy.run("npm", "run", "generate");
}, timeoutMs);
afterAll(() => copy.dispose());

describe("npm run new:migration", () => {
  it("writes the SQL as people would, and aligns the schema that it was written for", async () => {
    const schema = await copy.read("prisma/schema.prisma");
    const aligned = (line: string) => new RegExp(`^  ${line.replaceAll(" ", " +")}$`, "m");
    await copy.write(
      "prisma/schema.prisma",
      schema.replace("model Organization {", "model Organization {\n  motto String?"),
    );
    const { code, said } = await copy.run(
      "npm",
      "run",
      "new:migration",
      "--",
      "organization-motto",
    );
    expect(code, said).toBe(0);
    const folders = await readdir(copy.at("prisma/migrations"));
    const folder = folders.find((name) => name.endsWith("organization_motto"));
    expect(await copy.read(`prisma/migrations/${folder}/migration.sql`)).toContain(
      'ALTER TABLE "organizations" ADD COLUMN "motto" TEXT;',
    );
    const formatted = await copy.read("prisma/schema.prisma");
    expect(formatted).not.toContain("\n  motto String?\n");
    expect(formatted).toMatch(aligned("motto String\\?"));
  });
});
