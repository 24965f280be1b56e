import type { FieldValue } from "../http/form-fields.ts";

/** A value as the log keeps it. */
export type RecordedValue = string | number | boolean | null;

/** What a change made of each field that it changed. */
export type FieldChanges = Readonly<Record<string, { from: RecordedValue; to: RecordedValue }>>;

/** Longer texts are cut: the log says that they changed, it is no archive of them. */
const longestText = 200;

/**
 * Compares the fields that somebody sent with what is there.
 *
 * @param before what is there; columns that `after` does not have are of no account
 * @returns the fields that differ, by their names, for the details of an audit event; null where none does
 */
export function listChanges<Fields extends Readonly<Record<string, FieldValue>>>(
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
