import { describe, expect, it } from "vitest";

import { readRepository } from "./support/copy.ts";
import { createTestDatabase, type TestDatabase } from "./support/database.ts";
import { read } from "./support/documents.ts";
import {
  findDeadImports,
  follow,
  followAll,
  readFollowed,
  readRemovals,
} from "./support/removal.ts";

// removing-a-feature.slow.test.ts tries whether the rest compiles and runs.

const removals = await readRemovals();
const files = await readRepository();

/** Other sections quote lines that a removal or the formatting after it has changed: they hold for the whole. */
const isWhole = (await readFollowed()).length === 0;

describe("docs/removing-a-feature.md", () => {
  it("says of every folder of src/ how to remove it, or why it stays", async () => {
    const nameFolder = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1] ?? [];
    const folders = new Set([...files.keys()].flatMap(nameFolder));
    const removable = removals.flatMap(({ paths }) =>
      paths.flatMap((path) => /^src\/([^/]+)\/$/.exec(path)?.[1] ?? []),
    );
    expect(removals.length).toBeGreaterThan(5);
    const staying = await listStaying();
    expect(staying.filter((folder) => !folders.has(folder) || removable.includes(folder))).toEqual(
      [],
    );
    const covered = new Set([...removable, ...staying]);
    const unsaid = [...folders].filter((folder) => !covered.has(folder) && !isGenerated(folder));
    expect(unsaid, "docs/removing-a-feature.md says neither how it goes nor why it stays").toEqual(
      [],
    );
  });
});

describe.runIf(isWhole)("a section of docs/removing-a-feature.md", () => {
  it("is needed: the test finds what a file without its feature would import", () => {
    const [removal] = removals;
    const withoutFolder = new Map(
      [...files].filter(([path]) => !path.startsWith(removal?.paths[0] ?? "")),
    );
    expect(findDeadImports(files)).toEqual([]);
    expect(findDeadImports(withoutFolder)).not.toEqual([]);
  });

  it.each(removals.map(({ feature }) => feature))(
    "can be followed to the letter for %s, and leaves no import of what is gone",
    (feature) => {
      expect(findOurDeadImports(follow(files, removals, feature))).toEqual([]);
    },
  );

  it("can be followed for all of them, one after the other, and its SQL leaves no table of theirs", async () => {
    const left = followAll(files, removals);
    expect(findOurDeadImports(left)).toEqual([]);

    const database = await createTestDatabase();
    try {
      expect(await listTypes(database)).toEqual(listModels(await read("prisma/schema.prisma")));
      // The order of the files is that of the removals.
      for (const [path, sql] of left) {
        if (/_remove_\w+\/migration\.sql$/.test(path)) await database.query(sql);
      }
      expect(await listTypes(database)).toEqual(listModels(left.get("prisma/schema.prisma") ?? ""));
    } finally {
      await database.drop();
    }
  });
});

/** The folders in the table under "What stays". */
async function listStaying(): Promise<string[]> {
  const [, section = ""] = (await read("docs/removing-a-feature.md")).split("## What stays\n");
  const rows = section.split("\n## ")[0]?.split("\n") ?? [];
  return rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)\/`/g)].map(([, folder = ""]) => folder),
  );
}

/** A resource from `npm run new:resource` has these files. It needs no section. */
const isGenerated = (folder: string) =>
  ["fields-view.tsx", "form-view.tsx", "list-view.tsx"].every((file) =>
    files.has(`src/${folder}/${file}`),
  );

/** A resource of someone's own keeps what the page says it may need. */
const findOurDeadImports = (left: typeof files) =>
  findDeadImports(left).filter((line) => {
    const [, folder = ""] = /^(?:src|test)\/([^/]+)\//.exec(line) ?? [];
    return removals.some(({ paths }) => paths.includes(`src/${folder}/`)) || !isGenerated(folder);
  });

/** The tables and enums of a schema, by their names in the database. */
const listModels = (schema: string) =>
  new Set([...schema.matchAll(/@@map\("(\w+)"\)/g)].map(([, name = ""]) => name));

/** Those of a database. */
async function listTypes(database: TestDatabase): Promise<Set<string>> {
  const rows = await database.query<{ name: string }>(
    `select typname as name from pg_type left join pg_class c on c.oid = typrelid
      where typnamespace = 'public'::regnamespace and (typtype = 'e' or c.relkind = 'r')
        and typname <> '_prisma_migrations'`,
  );
  return new Set(rows.map(({ name }) => name));
}
