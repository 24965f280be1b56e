/**
 * How many events one search looks through: there is no index by words, so the cost must not grow with the log. The next page goes on
 * where this one has stopped.
 */
export const searchWindow = 5_000;

const details = ["name", "from", "to", "role", "via", "invited", "domain", "organization"];

/** The words of an event `e`, its actor `a` and the person `t` whom it is about: an SQL expression. */
export const searchedText = `
  concat_ws(' ', translate(e.action, '._-', '   '),
            a.name, a.username, a.proven_email, t.name, t.username, t.proven_email,
            ${details.map((key) => `e.details->>'${key}'`).join(", ")})`;

/** Patterns for SQL's `ilike`: an event matches if it has all of the words. */
export function patternsOf(search: string): string[] {
  return search
    .split(/[\s,;?!]+/)
    .filter(Boolean)
    .map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
}

/** Selects the last of the events that a search looks through, if there may be more of them. */
export const lastOf = (searched: string): string => `
  select json_build_object('id', id, 'occurredAt', occurred_at)
    from (${searched}) s
   order by occurred_at desc, id desc offset ${searchWindow - 1}`;
