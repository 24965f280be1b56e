import { read } from "./documents.ts";
import type { Copy } from "./copy.ts";

/** A line, or several from one to another (`first … last`), and what stands there instead; empty: nothing. */
export type Mention = { file: string; line: string; instead: string };

/** What docs/removing-a-feature.md says of a feature. */
export type Removal = {
  feature: string;
  /** The features that go before it. */
  first: string[];
  /** Folders and files, by their path from the root. */
  paths: string[];
  mentions: Mention[];
  sql: string;
};

const document = "docs/removing-a-feature.md";

/** Reads every section of the document that says what to delete. */
export async function readRemovals(): Promise<Removal[]> {
  const sections = (await read(document)).split(/^## /m).slice(1);
  return sections.map(readSection).filter(({ paths }) => paths.length > 0);
}

function readSection(section: string): Removal {
  const [feature = ""] = section.split("\n");
  const paragraphs = section.split("\n\n");
  const find = (opening: string) => paragraphs.find((each) => each.startsWith(opening)) ?? "";
  const [, sql = ""] = /```sql\n(.*?)```/s.exec(section) ?? [];
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
    sql,
  };
}

/** Code in a cell: between backticks, or between two of them where it has its own. */
function readCell(cell: string): string {
  const text = cell.trim().replaceAll("\\|", "|");
  return /^(`+) ?(.*?) ?\1$/.exec(text)?.[2] ?? text;
}

/** Does to a copy what the document says, the features before it included. @throws where it cannot be followed */
export async function follow(copy: Copy, feature: string): Promise<void> {
  const removals = await readRemovals();
  const removal = removals.find((each) => each.feature === feature);
  if (!removal) throw new Error(`${document} does not say how to remove ${feature}.`);
  for (const name of removal.first) await follow(copy, name);
  for (const path of removal.paths) await copy.remove(path);
  await changeLines(copy, removal.mentions);
  if (removal.sql === "") return;
  const last = await lastMigration(copy);
  const name = feature.toLowerCase().replaceAll(/\W+/g, "_");
  await copy.write(
    `prisma/migrations/${BigInt(last) + 1n}_remove_${name}/migration.sql`,
    removal.sql,
  );
}

/** Changes lines, wherever they stand in a file. @throws where one does not stand there as often as it is listed */
export async function changeLines(copy: Copy, mentions: readonly Mention[]): Promise<void> {
  for (const [index, { file, line, instead }] of mentions.entries()) {
    const left = mentions.slice(index).filter((each) => each.file === file && each.line === line);
    const lines = (await copy.read(file)).split("\n");
    const [first = "", last] = line.split(" … ");
    const places = lines.flatMap((each, index) =>
      collapse(each) === collapse(first) ? index : [],
    );
    const [place] = places;
    if (place === undefined || places.length !== left.length) {
      throw new Error(`${file} has this line ${places.length} times: ${first}`);
    }
    const length = last === undefined ? 1 : lengthUntil(lines, place, last);
    lines.splice(place, length, ...(instead === "" ? [] : [instead]));
    await copy.write(file, lines.join("\n"));
  }
}

/** The schema's columns are set apart by as many spaces as it takes. */
const collapse = (line: string) => line.trim().replaceAll(/\s+/g, " ");

/** A bracket closes what has its own indentation. */
function lengthUntil(lines: readonly string[], place: number, last: string): number {
  const indentation = /^\s*/.exec(lines[place] ?? "")?.[0] ?? "";
  const isEnd = (line: string) =>
    /^[)\]}]/.test(last) ? line === indentation + last : line.trim() === last;
  const end = lines.findIndex((line, index) => index > place && isEnd(line));
  if (end === -1) throw new Error(`Nothing ends with this line: ${last}`);
  return end - place + 1;
}

async function lastMigration(copy: Copy): Promise<string> {
  const { said } = await copy.run("ls", "prisma/migrations");
  return (
    said
      .split("\n")
      .flatMap((name) => /^\d{14}(?=_)/.exec(name)?.[0] ?? [])
      .at(-1) ?? ""
  );
}
