import { glob, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { renamePath, renameSchema, renameSource, renameSql } from "./rename.ts";
import { refuseAmbiguous, refuseTaken } from "./refusals.ts";
import { repeatLines } from "./repeat-lines.ts";
import type { Words } from "./words.ts";

/** A file to write, by its path from the root. */
export type PlannedFile = { path: string; text: string; isNew: boolean };

const schemaPath = "prisma/schema.prisma";

/** Files that have lines about each resource. */
const sharedSources = ["src/access/roles.ts", "src/features.ts"];

/**
 * Plans a new resource from the sample as it is now: renamed copies of its own files, and in shared files, after each line
 * about the sample, the same line about the new resource. Writes nothing.
 *
 * @param now for the date of the migration
 * @throws {Refusal} when the name is taken, or means something else in the sample's code
 */
export async function planResource(root: string, words: Words, now: Date): Promise<PlannedFile[]> {
  const read = (path: string) => readFile(join(root, path), "utf8");
  const samplePaths = await listFiles(root, "{src,test}/projects/**/*.{ts,tsx}");
  const sample = await Promise.all(
    samplePaths.map(async (path) => ({ path, text: await read(path) })),
  );
  await refuseTaken(root, words);
  refuseAmbiguous(sample, words);

  const shared = async (path: string, renameText: (text: string) => string) => {
    const text = await read(path);
    return { path, text: repeatLines(text, renameText(text)), isNew: false };
  };
  return [
    await shared(schemaPath, (text) => renameSchema(text, words)),
    await planMigration(root, words, now),
    ...(await Promise.all(
      sharedSources.map((path) => shared(path, (text) => renameSource(path, text, words))),
    )),
    ...sample.map(({ path, text }) => ({
      path: renamePath(path, words),
      text: renameSource(path, text, words),
      isNew: true,
    })),
  ];
}

/** A statement about the table of the sample, or about one of its types. */
const sampleStatement =
  /^(CREATE TYPE|ALTER TYPE|CREATE TABLE|ALTER TABLE|CREATE (UNIQUE )?INDEX \S+ ON|CREATE POLICY \S+ ON|GRANT [A-Z, ]+ ON) "projects?(_\w+)?"/;

/** Lists the statements of a migration about the sample, each with the comment before it. */
function listSampleStatements(migration: string): string[] {
  const statements = migration.split(/(?<=;)\n/).map((statement) => statement.trim());
  return statements.filter((each) => sampleStatement.test(each.replace(/^((--.*)?\n)+/, "")));
}

/** The migration is dated now, or after the last one: migrations run in the order of their names. */
async function planMigration(root: string, words: Words, now: Date): Promise<PlannedFile> {
  const paths = (await listFiles(root, "prisma/migrations/*/migration.sql")).toSorted();
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), "utf8")));
  const statements = texts.flatMap(listSampleStatements);
  if (statements.length === 0) throw new Error("No migration creates the sample's table.");
  const date = now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const last = /\d{14}/.exec(paths.at(-1) ?? "")?.[0] ?? "";
  const version = date > last ? date : String(Number(last) + 1);
  return {
    path: `prisma/migrations/${version}_${words.many.snake}/migration.sql`,
    text: renameSql(`${statements.join("\n\n")}\n`, words),
    isNew: true,
  };
}

async function listFiles(root: string, pattern: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of glob(pattern, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) paths.push(relative(root, join(entry.parentPath, entry.name)));
  }
  return paths.toSorted();
}
