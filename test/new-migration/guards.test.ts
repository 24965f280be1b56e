import { describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { writeGuards } from "../../dev/new-migration/guards.ts";

const createTable = (columns: string, key: string) => `-- CreateTable
CREATE TABLE "notes" (
    ${columns},

    CONSTRAINT "notes_pkey" PRIMARY KEY (${key})
);`;

describe("writeGuards()", () => {
  it("refuses an organization's table whose key does not begin with the organization", () => {
    const script = createTable('"id" UUID NOT NULL,\n    "organization_id" UUID', '"id"');
    expect(() => writeGuards(script)).toThrow(
      "The table notes has organization_id, so its key must begin with it",
    );
  });

  it("asks about a table that no organization owns, and grants its use", () => {
    const guards = writeGuards(createTable('"code" TEXT NOT NULL', '"code"'));
    expect(guards).toMatch(/^-- No organization owns the rows of this table/);
    expect(guards).toContain(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON "notes" TO ${applicationRole};`,
    );
    expect(guards).not.toContain("POLICY");
  });

  it("guards a table that becomes an organization's, without granting more than it has", () => {
    const guards = writeGuards(
      'ALTER TABLE "audit" DROP COLUMN "x",\nADD COLUMN     "organization_id" UUID NOT NULL;',
    );
    expect(guards).toContain('ALTER TABLE "audit" FORCE ROW LEVEL SECURITY;');
    expect(guards).toContain('CREATE POLICY of_current_organization ON "audit"');
    expect(guards).not.toContain("GRANT");
  });

  it.each([
    ["CREATE SEQUENCE orders_number_seq;", "orders_number_seq"],
    ['ALTER TABLE "orders" ADD COLUMN     "number" BIGSERIAL NOT NULL;', "orders_number_seq"],
  ])("grants the sequence of %s", (script, name) => {
    expect(writeGuards(script)).toBe(`GRANT USAGE ON SEQUENCE "${name}" TO ${applicationRole};`);
  });

  it.each([
    ['ALTER TABLE "projects" ADD COLUMN     "color" TEXT;'],
    ['ALTER TABLE "projects" DROP COLUMN "organization_id";'],
    ['DROP TABLE "projects";'],
    ["ALTER TYPE \"role\" ADD VALUE 'guest';"],
  ])("adds nothing to %s", (script) => {
    expect(writeGuards(script)).toBe("");
  });
});
