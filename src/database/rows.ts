import type { Statement } from "./batch.ts";

/** A row of a tenant-owned table as it was read, inside the scope of its organization. */
export type ReadRow = {
  id: string;
  /** Differs after each change of the row: `xmin::text`. */
  rowVersion: string;
};

type Values = Readonly<Record<string, unknown>>;

/**
 * Lists the columns of a model for a statement that reads its rows, under the names of the fields, with the row's version.
 *
 * @public
 * @param fields Prisma's names, such as `Prisma.ProjectScalarFieldEnum`
 * @param alias the table's name in the statement
 */
export function selectColumns(fields: Values, alias: string): string {
  const columns = Object.keys(fields).map((field) => `${alias}.${columnOf(field)} as "${field}"`);
  return [...columns, `${alias}.xmin::text as "rowVersion"`].join(", ");
}

/**
 * Inserts a row of the current organization.
 *
 * @public
 * @param insert how the statement begins, such as `insert into projects`
 */
export function insertRow(insert: string, values: Values): Statement {
  const columns = Object.keys(values).map(columnOf);
  const places = columns.map((_column, index) => `$${index + 1}`);
  return named(
    `${insert} (organization_id, ${columns.join(", ")})
     values (current_organization_id(), ${places.join(", ")})`,
    Object.values(values),
  );
}

/**
 * Updates a row as it was read; if it has changed since, nothing of the batch is done (SQLSTATE TN409).
 *
 * @public
 * @param update how the statement begins, such as `update projects`
 */
export function updateRow(update: string, row: ReadRow, values: Values): Statement {
  const changes = Object.keys(values).map((field, index) => `${columnOf(field)} = $${index + 3}`);
  return changeRow(
    `${update} set ${changes.join(", ")}, updated_at = now()`,
    row,
    Object.values(values),
  );
}

/**
 * Deletes a row as it was read; if it has changed since, nothing of the batch is done (SQLSTATE TN409).
 *
 * @public
 * @param remove how the statement begins, such as `delete from projects`
 */
export function deleteRow(remove: string, row: ReadRow): Statement {
  return changeRow(remove, row, []);
}

function changeRow(change: string, { id, rowVersion }: ReadRow, values: unknown[]): Statement {
  return named(
    `with changed as (
       ${change}
        where organization_id = current_organization_id() and id = $1 and xmin::text = $2 returning 1)
     select require_row(count(*)) from changed`,
    [id, rowVersion, ...values],
  );
}

/** The column of a field: our models name it so (`@map`). */
function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const names = new Map<string, string>();

/** Gives a statement a name: texts differ by table and columns only, so that there are few. */
function named(text: string, values: unknown[]): Statement {
  const name = names.get(text) ?? `row-${names.size}`;
  names.set(text, name);
  return { name, text, values };
}
