import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { read, root } from "./documents.ts";

/** A line, or several from one to another (`first … last`), and what stands there instead; empty: nothing. */
type Mention = { file: string; line: string; instead: string };

/** A section of docs/removing-a-feature.md. */
export type Removal = {
  feature: string;
  /** The features that go before it. */
  first: string[];
  /** Folders and files, by their path from the root. */
  paths: string[];
  mentions: Mention[];
  /** Packages that only this feature used. */
  packages: string[];
  sql: string;
};

/** The repository, or what a removal leaves of it: the text of each file by its path from the root. */
export type Files = ReadonlyMap<string, string>;

const document = "docs/removing-a-feature.md";

/** A feature has a line in each, and the import of what stands in it. */
const featureLists = ["src/features.ts", "test/features.ts"];

/** Every section of the document that says what to delete. */
export async function readRemovals(): Promise<Removal[]> {
  const sections = (await read(document)).split(/^## /m).slice(1);
  return sections.map(readSection).filter(({ paths }) => paths.length > 0);
}

/** The sections that someone has followed in this repository: the first of what they delete is gone. */
export async function readFollowed(): Promise<Removal[]> {
  return (await readRemovals()).filter(({ paths: [first = ""] }) => !existsSync(join(root, first)));
}

/** Whether a file went with its feature, by its path from the root. */
export function isRemoved(followed: readonly Removal[], file: string): boolean {
  return followed.some(({ paths }) => paths.some((path) => isAt(file, path)));
}

function readSection(section: string): Removal {
  const [feature = ""] = section.split("\n");
  const paragraphs = section.split("\n\n");
  const find = (opening: string) => paragraphs.find((each) => each.startsWith(opening)) ?? "";
  return {
    feature,
    first: [...find("First remove").matchAll(/\[([^\]]+)\]/g)].map(([, name = ""]) => name),
    paths: [...find("Delete").matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path),
    mentions: section
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map(readCell),
      )
      .map(([file = "", line = "", instead = ""]) => ({ file, line, instead })),
    packages: (/`npm uninstall ([^`]+)`/.exec(section)?.[1] ?? "").split(" ").filter(Boolean),
    sql: /```sql\n(.*?)```/s.exec(section)?.[1] ?? "",
  };
}

/** Code in a cell: between backticks, or between two of them where it has its own. */
function readCell(cell: string): string {
  const text = cell.trim().replaceAll("\\|", "|");
  return /^(`+) ?(.*?) ?\1$/.exec(text)?.[2] ?? text;
}

/**
 * Does what the document says of a feature, after what it says of those that go before it.
 *
 * @throws where it cannot be followed to the letter
 */
export function follow(files: Files, removals: readonly Removal[], feature: string): Files {
  const removal = removals.find((each) => each.feature === feature);
  if (!removal) throw new Error(`${document} does not say how to remove ${feature}.`);
  const before = removal.first.reduce<Files>((left, name) => follow(left, removals, name), files);
  const after = new Map(removal.paths.reduce(deletePath, before));
  for (const file of new Set(removal.mentions.map((mention) => mention.file))) {
    // It went with another feature.
    if (!after.has(file) && existsSync(join(root, file))) continue;
    const mentions = removal.mentions.filter((mention) => mention.file === file);
    after.set(file, changeLines(file, after.get(file) ?? "", mentions));
  }
  for (const list of featureLists) deleteEntries(after, list);
  for (const name of removal.packages) uninstall(after, name);
  if (removal.sql !== "") after.set(nameMigration(after, feature), removal.sql);
  return after;
}

/** Does it for all of them, one after the other. */
export function followAll(files: Files, removals: readonly Removal[]): Files {
  const last = removals.filter(({ first }) => first.length > 0);
  const others = removals.filter(
    ({ feature, first }) =>
      first.length === 0 && !last.some((each) => each.first.includes(feature)),
  );
  return [...last, ...others].reduce((left, { feature }) => follow(left, removals, feature), files);
}

function deletePath(files: Files, path: string): Files {
  const left = [...files].filter(([each]) => !isAt(each, path));
  if (left.length === files.size) throw new Error(`There is no ${path} to delete.`);
  return new Map(left);
}

/** Whether a file is the one that a path names, or in the folder that it names. */
const isAt = (file: string, path: string) =>
  file === path || (path.endsWith("/") && file.startsWith(path));

/** A line that is listed twice has to stand there twice. */
function changeLines(file: string, text: string, mentions: readonly Mention[]): string {
  const lines = text.split("\n");
  for (const [index, { line, instead }] of mentions.entries()) {
    const [first = "", last] = line.split(" … ");
    const count = mentions.slice(index).filter((mention) => mention.line === line).length;
    const places = lines.flatMap((each, at) => (collapse(each) === collapse(first) ? at : []));
    const [place] = places;
    if (place === undefined || places.length !== count) {
      throw new Error(`${file} has this line ${places.length} times: ${first}`);
    }
    const length = last === undefined ? 1 : countUntil(lines, place, last);
    const comment = instead === "" ? countCommentAbove(lines, place) : 0;
    lines.splice(place - comment, comment + length, ...(instead === "" ? [] : [instead]));
  }
  return lines.join("\n");
}

/** The columns of a schema are as wide as their widest entry. */
const collapse = (line: string) => line.trim().replaceAll(/\s+/g, " ");

/** A bracket closes what has its own indentation. */
function countUntil(lines: readonly string[], place: number, last: string): number {
  const indentation = /^\s*/.exec(lines[place] ?? "")?.[0] ?? "";
  const isEnd = (line: string) =>
    /^[)\]}]/.test(last) ? line === indentation + last : line.trim() === last;
  const end = lines.findIndex((line, index) => index > place && isEnd(line));
  if (end === -1) throw new Error(`Nothing ends with this line: ${last}`);
  return end - place + 1;
}

/** Counts the lines of a doc comment that ends directly above a line. */
function countCommentAbove(lines: readonly string[], place: number): number {
  const above = lines.slice(0, place).map((line) => line.trim());
  const last = above.at(-1) ?? "";
  if (last.startsWith("///"))
    return place - 1 - above.findLastIndex((each) => !each.startsWith("///"));
  return last.endsWith("*/") ? place - above.findLastIndex((each) => each.startsWith("/**")) : 0;
}

/** Deletes the imports of files that are gone, and the lines with the names that they brought. */
function deleteEntries(files: Map<string, string>, list: string): void {
  const lines = (files.get(list) ?? "").split("\n");
  const gone = lines.flatMap((line) => {
    const [, name, target = ""] = /^import \{ (\w+) \} from "(\..+)";$/.exec(line) ?? [];
    return name === undefined || files.has(join(dirname(list), target)) ? [] : name;
  });
  const isLeft = (line: string) => !gone.some((name) => new RegExp(`\\b${name}\\b`).test(line));
  files.set(list, lines.filter(isLeft).join("\n"));
}

/** As npm would, and as the document asks for docs/dependencies.md. */
function uninstall(files: Map<string, string>, name: string): void {
  for (const file of ["package.json", "docs/dependencies.md"]) {
    const isOfPackage = (line: string) =>
      line.startsWith(`    "${name}": `) || line.startsWith(`| \`${name}\``);
    const lines = (files.get(file) ?? "").split("\n");
    files.set(file, lines.filter((line) => !isOfPackage(line)).join("\n"));
  }
}

function nameMigration(files: Files, feature: string): string {
  const times = [...files.keys()].flatMap(
    (path) => /^prisma\/migrations\/(\d{14})_/.exec(path)?.[1] ?? [],
  );
  const next = BigInt(times.toSorted().at(-1) ?? 0) + 1n;
  const name = feature.toLowerCase().replaceAll(/\W+/g, "_");
  return `prisma/migrations/${next}_remove_${name}/migration.sql`;
}

/** The imports of files that are not there. */
export function findDeadImports(files: Files): string[] {
  const dead: string[] = [];
  for (const [path, text] of files) {
    if (!/^(src|dev|test|bench)\/.*\.tsx?$/.test(path)) continue;
    for (const [, target = ""] of text.matchAll(
      /^(?:import|export)\s[^;]*?from "(\.[^"]+)";$/gms,
    )) {
      const file = join(dirname(path), target);
      const isOurs = /\.tsx?$/.test(file) && !file.startsWith("src/database/generated/");
      if (isOurs && !files.has(file)) dead.push(`${path}: ${target}`);
    }
  }
  return dead;
}
