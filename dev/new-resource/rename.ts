import { parseSync } from "oxc-parser";

import { capitalize, type Spellings, type Words } from "./words.ts";

/** The place of a word decides its spelling. */
type Context = "code" | "string" | "sql" | "prose";

type Span = { start: number; end: number };
type Region = Span & { context: Context };
/** A node of the syntax tree, as far as it matters here. */
type Node = Span & { type: string; name?: unknown; expressions?: Span[] };

/** The word of the sample, with an article before it, also as a part of a longer name. */
const sampleWord = /(?:\b(an?|An?) )?((?<![a-z])project|Project)(s?)(?![a-z])/g;

/**
 * Renames TypeScript of the sample for another resource.
 *
 * @param path tells the parser the dialect
 */
export function renameSource(path: string, source: string, words: Words): string {
  const regions = findRegions(path, source);
  return rename(source, words, (offset) => {
    const region = regions.findLast(({ start, end }) => start <= offset && offset < end);
    return region?.context ?? "code";
  });
}

/** Renames SQL. */
export function renameSql(source: string, words: Words): string {
  return rename(source, words, () => "sql");
}

/** Renames the Prisma schema, where strings name tables. `prisma format` aligns the fields afterwards. */
export function renameSchema(source: string, words: Words): string {
  return rename(source, words, (offset) => (source[offset - 1] === '"' ? "sql" : "code"));
}

/** Renames a path. */
export function renamePath(path: string, { one, many }: Words): string {
  return path.replaceAll("projects", many.kebab).replaceAll("project", one.kebab);
}

/** Lists the names of variables, types, components and attributes in a source. */
export function listNames(path: string, source: string): Set<string> {
  const names = new Set<string>();
  visit(parse(path, source).program, ({ name }) => {
    if (typeof name === "string") names.add(name);
  });
  return names;
}

function rename(source: string, { one, many }: Words, contextAt: (offset: number) => Context) {
  return source.replaceAll(
    sampleWord,
    (match: string, article: string | undefined, word: string, plural: string, offset: number) => {
      const start = offset + match.length - word.length - plural.length;
      const spellings = plural === "" ? one : many;
      const isCapital = word.startsWith("P");
      const neighbours = {
        before: source[start - 1] ?? "",
        after: source.slice(offset + match.length, offset + match.length + 2),
      };
      const renamed = spellWord(spellings, isCapital, neighbours, contextAt(start));
      return article === undefined ? renamed : `${fitArticle(article, renamed)} ${renamed}`;
    },
  );
}

function spellWord(
  spellings: Spellings,
  isCapital: boolean,
  { before, after }: { before: string; after: string },
  context: Context,
): string {
  const identifier = isCapital ? spellings.pascal : spellings.camel;
  if (/^[A-Z]/.test(after) || /[a-z0-9]/i.test(before)) return identifier;
  const isInAddress = before === "/" || after.startsWith("/");
  // Addresses also stand in regular expressions and comments. `</Projects…>` is no address.
  if (isInAddress && !isCapital) return spellings.kebab;
  if (context === "code") return identifier;
  const isQuoted = /["'`]/.test(before);
  const isName = /^[:.][a-z%]/.test(after) || (isQuoted && /^["'`]/.test(after));
  if (context === "sql" && before !== "'") return spellings.snake;
  if (isName && !isCapital) return spellings.kebab;
  return isCapital ? capitalize(spellings.text) : spellings.text;
}

/** Goes by the first letter, since the sound is unknown here. */
function fitArticle(article: string, noun: string): string {
  return article.slice(0, 1) + (/^[aeiou]/i.test(noun) ? "n" : "");
}

/** Finds the regions of a source. Of two regions at a place, the later one is the inner one. */
function findRegions(path: string, source: string): Region[] {
  const { program, comments } = parse(path, source);
  const regions: Region[] = [];
  const add = ({ start, end }: Span, context: Context) => regions.push({ start, end, context });
  visit(program, (node) => {
    if (node.type === "JSXText") add(node, "prose");
    if (node.type !== "Literal" && node.type !== "TemplateLiteral") return;
    const isSql = /^["`]\s*(exists )?\(?(select|insert into|update|delete from|with) /.test(
      source.slice(node.start, node.end),
    );
    add(node, isSql ? "sql" : "string");
    for (const expression of node.expressions ?? []) add(expression, "code");
  });
  for (const comment of comments) add(comment, "prose");
  return regions;
}

function parse(path: string, source: string) {
  const parsed = parseSync(path, source);
  const [fault] = parsed.errors;
  if (fault) throw new Error(`${path}: ${fault.message}`);
  return parsed;
}

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, look);
  else if (isNode(value)) {
    look(value);
    for (const child of Object.values(value)) visit(child, look);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
