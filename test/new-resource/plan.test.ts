import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { planResource } from "../../dev/new-resource/plan.ts";
import { readWords, Refusal } from "../../dev/new-resource/words.ts";

const root = resolve(import.meta.dirname, "../..");
const plan = (name: string, now = new Date("2031-05-06T07:08:09.123Z")) =>
  planResource(root, readWords(name), now);

describe("planResource()", () => {
  it("takes ten files: as many as by hand, and those of the guide", async () => {
    const files = await plan("support-tickets");
    expect(files.map(({ path }) => path)).toEqual([
      "prisma/schema.prisma",
      "prisma/migrations/20310506070809_support_tickets/migration.sql",
      "src/memberships/roles.ts",
      "src/organizations/organization-page.tsx",
      "src/app.tsx",
      "src/support-tickets/pages.tsx",
      "src/support-tickets/support-ticket.ts",
      "src/support-tickets/schema.ts",
      "src/support-tickets/views.tsx",
      "test/support-tickets/pages.test.ts",
    ]);
  });

  it("only adds to the files that it shares: each line that was there stays, in its order", async () => {
    const shared = (await plan("support-tickets")).filter(({ isNew }) => !isNew);
    expect(shared).toHaveLength(4);
    for (const { path, text } of shared) {
      const present = (await readFile(join(root, path), "utf8")).split("\n");
      const planned = text.split("\n");
      const added = planned.filter((line) => /support.?ticket/i.test(line));
      expect(added.length, path).toBeGreaterThan(0);
      let position = 0;
      for (const line of planned) if (line === present[position]) position += 1;
      expect(position, path).toBe(present.length);
    }
  });

  it("adds the model, its permissions, its routes and its section", async () => {
    const files = new Map((await plan("support-tickets")).map(({ path, text }) => [path, text]));
    const schema = files.get("prisma/schema.prisma");
    expect(schema).toMatch(/^model SupportTicket \{[^}]*@@map\("support_tickets"\)\n\}/m);
    expect(schema?.match(/^ +supportTickets +SupportTicket\[\]$/gm)).toHaveLength(2);
    const roles = files.get("src/memberships/roles.ts");
    expect(roles?.match(/"support-ticket:\w+": "\w+",/g)).toHaveLength(5);
    const app = files.get("src/app.tsx");
    expect(app).toContain(`import { supportTicketPages } from "./support-tickets/pages.tsx";`);
    expect(app).toContain("    ...supportTicketPages(database),\n");
    expect(files.get("src/organizations/organization-page.tsx")).toContain(
      `{ label: "Support tickets", path: "/support-tickets", permission: "support-ticket:read" },`,
    );
  });

  it("guards the table as the sample's", async () => {
    const migration = (await plan("tasks")).find(({ path }) => path.endsWith(".sql"))?.text;
    for (const line of [
      'PRIMARY KEY ("organization_id","id")',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON "tasks" TO tenantry_app;',
      'ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;',
      'ALTER TABLE "tasks" FORCE ROW LEVEL SECURITY;',
      'CREATE POLICY of_current_organization ON "tasks"\n',
    ]) {
      expect(migration).toContain(line);
    }
  });

  it("dates the migration after all others, also where the clock is behind", async () => {
    const files = await plan("tasks", new Date("2001-01-01T00:00:00Z"));
    const [, version = ""] = /(\d{14})_tasks/.exec(files.map(({ path }) => path).join()) ?? [];
    expect(Number(version)).toBeGreaterThan(20_261_124_110_000);
  });

  it.each([
    ["projects", "There is src/projects/ already."],
    ["sessions", "There is src/sessions/ already."],
    ["identities", "prisma/schema.prisma has a model or type Identity already."],
    ["roles", "prisma/schema.prisma has a model or type Role already."],
    ["slugs", "prisma/schema.prisma has a relation slugs already."],
    ["members", "src/memberships/roles.ts has permissions of member already."],
    ["audit-logs", "src/memberships/roles.ts has permissions of audit-log already."],
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
