import { applicationRole } from "../../src/database/database.ts";
import { Refusal } from "./refusal.ts";

type Table = { name: string; isNew: boolean; columns: string };

/**
 * Writes what Prisma cannot express about the tables of a script: the grants of the application, and row-level security
 * for tables of organizations. The application does not start without it (src/database/boot-check.ts).
 *
 * @param script as Prisma writes it
 * @returns SQL to put after it; empty when nothing is missing
 * @throws {Refusal} when an organization's table has another key than the application demands
 */
export function writeGuards(script: string): string {
  const tables = findTables(script);
  const owned = tables.filter(({ columns }) => /^\s*"organization_id" /m.test(columns));
  for (const table of owned) requireKey(table);
  const parts = tables
    .filter((table) => table.isNew || owned.includes(table))
    .map((table) => (owned.includes(table) ? guardTable(table) : openTable(table)));
  const sequences = findSequences(script, tables).map(
    (name) => `GRANT USAGE ON SEQUENCE "${name}" TO ${applicationRole};`,
  );
  return [...parts, ...sequences].join("\n\n");
}

/** Finds the tables that a script creates, or adds columns to. */
function findTables(script: string): Table[] {
  const created = script.matchAll(/^CREATE TABLE "([^"]+)" \(\n(.*?)\n\);/gms);
  const altered = script.matchAll(/^ALTER TABLE "([^"]+)" ((?:ADD|DROP|ALTER) COLUMN.*?);$/gms);
  return [
    ...[...created].map(([, name = "", columns = ""]) => ({ name, isNew: true, columns })),
    ...[...altered].map(([, name = "", changes = ""]) => ({
      name,
      isNew: false,
      columns: changes.replaceAll(/\bADD COLUMN +/g, "\n"),
    })),
  ];
}

/** Checks new tables only: the script does not show the key of a changed one, which the application checks at its start. */
function requireKey({ name, isNew, columns }: Table): void {
  if (!isNew || columns.includes('PRIMARY KEY ("organization_id"')) return;
  throw new Refusal(
    `The table ${name} has organization_id, so its key must begin with it: @@id([organizationId, …]).`,
  );
}

function guardTable({ name, isNew }: Table): string {
  return `${isNew ? `${grant(name)}\n` : ""}ALTER TABLE "${name}" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "${name}" FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON "${name}"
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));`;
}

function openTable({ name }: Table): string {
  return `-- No organization owns the rows of this table, and no policy guards them. Is that meant? If so, say why in
-- test/database/tenancy-rules.ts, and grant no more than the application needs.
${grant(name)}`;
}

const grant = (name: string) =>
  `GRANT SELECT, INSERT, UPDATE, DELETE ON "${name}" TO ${applicationRole};`;

/** Finds the sequences of autoincrement() columns. */
function findSequences(script: string, tables: readonly Table[]): string[] {
  const named = [...script.matchAll(/^CREATE SEQUENCE "?(\w+)"?/gm)].map(([, name = ""]) => name);
  const implied = tables.flatMap((table) =>
    [...table.columns.matchAll(/^\s*"([^"]+)" (?:BIG|SMALL)?SERIAL\b/gm)].map(
      ([, column = ""]) => `${table.name}_${column}_seq`,
    ),
  );
  return [...named, ...implied];
}
