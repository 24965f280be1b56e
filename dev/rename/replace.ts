import { parseSync, Visitor } from "oxc-parser";

import type { Names } from "./names.ts";

type Place = { path: string; text: string; start: number; end: number };

/** Examples of the command itself stay as they are. */
const example = "npm run rename";

/**
 * Replaces a product's present name in a file by the new one.
 *
 * @param path of the file: it decides how the name is spelled and escaped
 */
export function replaceName(path: string, text: string, from: Names, to: Names): string {
  if (path === "package-lock.json") return replaceInLockfile(text, from, to);
  if (path === "src/runtime/product.ts") return replaceAtSource(text, from, to);
  const replaced = text.replaceAll(findName(from), (match, offset: number) => {
    const place = { path, text, start: offset, end: offset + match.length };
    if (lineAt(place).includes(example)) return match;
    // Before a digit, the underscore belongs to the identifier; before a DNS name, to the record.
    if (match.startsWith("_") && match !== from.screaming) {
      return isIdentifier(place) ? to.snake : `_${to.kebab}`;
    }
    const spelling = findSpelling(match, place, from);
    return spelling === "text" ? escapeFor(place, to.text) : to[spelling];
  });
  return path === "public/logo.svg" ? fitWidth(replaced, to.text) : replaced;
}

/** The same for a path. */
export function replaceInPath(path: string, from: Names, to: Names): string {
  return path.replaceAll(findName(from), () => to.kebab);
}

/** Counts a name in a text, in any spelling. */
export function countName(text: string, names: Names): number {
  const lines = text.split("\n").filter((line) => !line.includes(example));
  return lines.join("\n").match(findName(names))?.length ?? 0;
}

/** Any spelling: on its own, or as a part of an identifier where case or underscore set it apart. */
function findName({ text, kebab, snake, pascal, camel, screaming }: Names): RegExp {
  const read = [text, escapeMarkup(text), text.replaceAll("'", "\\'"), text.replaceAll("'", "''")];
  return new RegExp(
    [
      `(?<![\\p{L}\\p{N}])(?:${either([...read, kebab, snake])})(?![a-z0-9\\p{M}])`,
      `(?<![A-Z])(?:${either([pascal])})(?![a-z])`,
      `(?<![\\p{L}\\p{N}])(?:${either([camel])})(?=[A-Z])`,
      `(?<![A-Z])(?:${either([screaming])})(?![A-Z])`,
    ].join("|"),
    "gu",
  );
}

/** Puts the longest first: it may begin with another. */
const either = (names: string[]) =>
  [...new Set(names)]
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(/[.+]/g, "\\$&").replaceAll(/\\(?=')/g, "\\\\"))
    .join("|");

/** Several spellings of a one-word name are the same: then the text around it decides. */
function findSpelling(match: string, place: Place, from: Names): keyof Names {
  const { before, after } = around(place);
  const isPart = /[\p{L}\p{N}_$]$/u.test(before) || /^[A-Za-z0-9_$]/.test(after);
  if (match === from.screaming && (isPart || match !== from.text)) return "screaming";
  if (match === from.pascal && isPart) return "pascal";
  if (match === from.camel && /^[A-Z]/.test(after)) return "camel";
  if (match === from.kebab) return isIdentifier(place) ? "snake" : "kebab";
  return match === from.snake ? "snake" : "text";
}

/** Tells whether the name stands where a hyphen is not allowed: in SQL, a database's address, or a name with underscores. */
function isIdentifier(place: Place): boolean {
  const { path } = place;
  const { before, after } = around(place);
  return (
    path.endsWith(".sql") ||
    /^_[a-z0-9]/i.test(after) ||
    /[a-z0-9]_$/i.test(before) ||
    /postgres(ql)?:\/\/\S*$/.test(before) ||
    /\b(DATABASE|ROLE|OWNER|USER|TO|SCHEMA) $/.test(before) ||
    /(POSTGRES_DB: |-d"?,? "?|\brole=)$/.test(before) ||
    (path.endsWith(".md") && /```sql\n(?:(?!```)[^])*$/.test(before))
  );
}

function escapeFor(place: Place, name: string): string {
  if (place.path.endsWith(".svg")) return escapeMarkup(name);
  if (!name.includes("'")) return name;
  if (/\.tsx?$/.test(place.path) && isInSingleQuotes(place)) return name.replaceAll("'", "\\'");
  // In YAML, an apostrophe in single quotes is written twice.
  const isQuoted = /\.ya?ml$/.test(place.path) && /[:-] '[^'\n]*$/.test(around(place).before);
  return isQuoted ? name.replaceAll("'", "''") : name;
}

function isInSingleQuotes({ path, text, start, end }: Place): boolean {
  let isInside = false;
  const { program } = parseSync(path, text);
  new Visitor({
    Literal(node) {
      if (node.start < start && end < node.end && text[node.start] === "'") isInside = true;
    },
  }).visit(program);
  return isInside;
}

const escapeMarkup = (text: string) => text.replaceAll("&", "&amp;");

const around = ({ text, start, end }: Place) => ({
  before: text.slice(0, start),
  after: text.slice(end),
});

const lineAt = (place: Place): string =>
  (around(place).before.split("\n").at(-1) ?? "") +
  (place.text.slice(place.start).split("\n")[0] ?? "");

function replaceAtSource(text: string, from: Names, to: Names): string {
  return text
    .replace(`productName = "${from.text}"`, () => `productName = "${to.text}"`)
    .replace(`productSlug = "${from.kebab}"`, () => `productSlug = "${to.kebab}"`);
}

/** The project's own name; a package of that name keeps it. */
function replaceInLockfile(text: string, from: Names, to: Names): string {
  const own = new RegExp(`^(  |      )"name": "${from.kebab}"`);
  const lines = text.split("\n");
  return lines
    .map((line, index) => (index < 10 ? line.replace(own, `$1"name": "${to.kebab}"`) : line))
    .join("\n");
}

/** The word beside the mark takes about as much room as its letters. */
function fitWidth(svg: string, name: string): string {
  const capitals = name.match(/\p{Lu}/gu)?.length ?? 0;
  return svg.replace(/viewBox="0 0 \d+ 40"/, () => {
    return `viewBox="0 0 ${46 + name.length * 15 + capitals * 2} 40"`;
  });
}
