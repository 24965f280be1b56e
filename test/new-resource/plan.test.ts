import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { planResource } from "../../dev/new-resource/plan.ts";
import { readWords, Refusal } from "../../dev/new-resource/words.ts";

const root = resolve(import.meta.dirname, "../..");
/** With names that no product is likely to have made already. */
const plan = (name: string, now = new Date("2031-05-06T07:08:09.123Z")) =>
  planResource(root, readWords(name), now);

describe("planResource()", () => {
  it("has no word of the sample in a new file", async () => {
    for (const { path, text } of (await plan("quiet-walruses")).filter(({ isNew }) => isNew)) {
      expect(`${path} ${text}`, path).not.toMatch(/project/i);
    }
  });

  it("only adds to the files that it shares: each line that was there stays, in its order", async () => {
    const shared = (await plan("quiet-walruses")).filter(({ isNew }) => !isNew);
    expect(shared).toHaveLength(3);
    for (const { path, text } of shared) {
      const present = (await readFile(join(root, path), "utf8")).split("\n");
      const planned = text.split("\n");
      const added = planned.filter((line) => /quiet.?walrus/i.test(line));
      expect(added.length, path).toBeGreaterThan(0);
      let position = 0;
      for (const line of planned) if (line === present[position]) position += 1;
      expect(position, path).toBe(present.length);
    }
  });

  it("adds the model, its permissions and its feature", async () => {
    const files = new Map((await plan("quiet-walruses")).map(({ path, text }) => [path, text]));
    const schema = files.get("prisma/schema.prisma");
    expect(schema).toMatch(/^model QuietWalrus \{[^}]*@@map\("quiet_walruses"\)\n\}/m);
    expect(schema).toMatch(/^enum QuietWalrusStatus \{[^}]*@@map\("quiet_walrus_status"\)\n\}/m);
    expect(schema?.match(/^ +quietWalruses +QuietWalrus\[\]$/gm)).toHaveLength(2);
    const roles = files.get("src/access/roles.ts");
    expect(roles?.match(/"quiet-walrus:\w+": "\w+",/g)).toHaveLength(5);
    const list = files.get("src/features.ts");
    expect(list).toContain(`import { quietWalruses } from "./quiet-walruses/feature.ts";`);
    expect(list).toContain("  quietWalruses,\n");
    const feature = files.get("src/quiet-walruses/feature.ts");
    expect(feature).toContain("export const quietWalruses: Feature<PageContext> = {");
    expect(feature).toContain(
      `[{ label: "Quiet walruses", path: "/quiet-walruses", permission: "quiet-walrus:read" }]`,
    );
  });

  it("guards the table like the sample's", async () => {
    const migration = (await plan("walruses")).find(({ path }) => path.endsWith(".sql"))?.text;
    for (const line of [
      'PRIMARY KEY ("organization_id","id")',
      `GRANT SELECT, INSERT, UPDATE, DELETE ON "walruses" TO ${applicationRole};`,
      'ALTER TABLE "walruses" ENABLE ROW LEVEL SECURITY;',
      'ALTER TABLE "walruses" FORCE ROW LEVEL SECURITY;',
      'CREATE POLICY of_current_organization ON "walruses"\n',
    ]) {
      expect(migration).toContain(line);
    }
  });

  it("makes the table from all migrations of the sample", async () => {
    const migration = (await plan("walruses")).find(({ path }) => path.endsWith(".sql"))?.text;
    expect(migration).toContain(`CREATE TYPE "walrus_status" AS ENUM`);
    expect(migration).toMatch(
      /ALTER TABLE "walruses" ADD COLUMN "status" "walrus_status" NOT NULL/,
    );
    expect(migration).not.toMatch(/project/i);
  });

  it("dates the migration after all others, also if the clock is slow", async () => {
    const files = await plan("walruses", new Date("2001-01-01T00:00:00Z"));
    const [, version = ""] = /(\d{14})_walruses/.exec(files.map(({ path }) => path).join()) ?? [];
    expect(Number(version)).toBeGreaterThan(20_261_124_110_000);
  });

  it.each([
    ["projects", "There is src/projects/ already."],
    ["sessions", "There is src/sessions/ already."],
    ["identities", "prisma/schema.prisma has a model or type Identity already."],
    ["roles", "prisma/schema.prisma has a model or type Role already."],
    ["slugs", "prisma/schema.prisma has a relation slugs already."],
    ["members", "src/access/roles.ts has permissions of member already."],
    ["audit-logs", "src/access/roles.ts has permissions of audit-log already."],
    ["features", "src/features.ts has the name features already."],
    ["names", "has that word for something else."],
    ["actors", "has that word for something else."],
    ["notices", "has that word for something else."],
    ["pages", "has that word for something else."],
    ["schemas", "has that word for something else."],
    ["project-notes", "has the sample's own word in it."],
  ])("refuses %s: %s", async (name, why) => {
    await expect(plan(name)).rejects.toThrow(Refusal);
    await expect(plan(name)).rejects.toThrow(why);
  });
});
