import type { FieldValue } from "../http/form-fields.ts";

/** A value in the audit log. */
export type RecordedValue = string | number | boolean | null;

/** The former and the new value of each changed field. */
export type FieldChanges = Readonly<Record<string, { from: RecordedValue; to: RecordedValue }>>;

/** Longer texts are cut: the log records that they changed and is no archive of them. */
const longestText = 200;

/**
 * Compares fields from a request with the stored ones.
 *
 * @param before the stored fields; those that `after` does not have are ignored
 * @returns the fields that differ, by name, for the details of an audit event; null if there are none
 */
export function listFieldChanges<Fields extends Readonly<Record<string, FieldValue>>>(
  before: Fields,
  after: Partial<Fields>,
): FieldChanges | null {
  const changes = Object.entries(after).flatMap(([name, value]) => {
    const [from, to] = [recordValue(before[name] ?? null), recordValue(value ?? null)];
    return from === to || value === undefined ? [] : [[name, { from: cut(from), to: cut(to) }]];
  });
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

/** A day is recorded as a day: 2030-01-31. */
function recordValue(value: FieldValue): RecordedValue {
  return value instanceof Date ? value.toISOString().replace("T00:00:00.000Z", "") : value;
}

function cut(value: RecordedValue): RecordedValue {
  const isLong = typeof value === "string" && value.length > longestText;
  return isLong ? `${value.slice(0, longestText)}…` : value;
}
