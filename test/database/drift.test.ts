import { describe, expect, it } from "vitest";

import { listChangedFunctions, readFunctions } from "../../dev/new-migration/functions.ts";
import { readSchema } from "../../src/database/migrations.ts";
import { openSchemaEngine } from "../../src/database/schema-engine.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";

/** The SQL that makes what a schema says, out of nothing. */
async function generateScript({ url }: TestDatabase, schema: string): Promise<string> {
  const { engine, close } = await openSchemaEngine(url, schema);
  try {
    const { stdout } = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content: schema }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? "";
  } finally {
    await close();
  }
}

/** Describes a database as far as Prisma's schema language can, a line for each fact. */
async function describeDatabase({ query }: TestDatabase): Promise<string[]> {
  const rows = await query<{ line: string }>(`
    select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  case when a.attnotnull then ' not null' end,
                  ' default ' || pg_get_expr(d.adbin, d.adrelid)) as line
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where a.attnum > 0 and not a.attisdropped and c.relname <> '_prisma_migrations'
    union all
    -- Its language has no partial indexes and no checks.
    select indexdef from pg_indexes
     where schemaname = 'public' and tablename <> '_prisma_migrations' and indexdef not like '% WHERE %'
    union all
    -- It cannot say that a constraint waits for the commit.
    select format('%s %s %s', conrelid::regclass, conname,
                  replace(pg_get_constraintdef(oid), ' DEFERRABLE INITIALLY DEFERRED', ''))
      from pg_constraint
     where connamespace = 'public'::regnamespace and contype not in ('n', 't', 'c') and conrelid <> 0
       and conrelid is distinct from to_regclass('_prisma_migrations')
    union all
    select format('%s = %s', enumtypid::regtype, string_agg(enumlabel, ' < ' order by enumsortorder))
      from pg_enum group by enumtypid
    order by 1`);
  return rows.map(({ line }) => line);
}

/** A database made from a schema alone, described. */
async function describeSchema(schema: string): Promise<string[]> {
  const database = await createEmptyDatabase();
  try {
    await database.query(await generateScript(database, schema));
    return await describeDatabase(database);
  } finally {
    await database.drop();
  }
}

describe("the database after all migrations", () => {
  it("is what prisma/schema.prisma says", async () => {
    const database = await createTestDatabase();
    try {
      const migrated = await describeDatabase(database);
      expect(migrated.length).toBeGreaterThan(40);
      expect(migrated).toEqual(await describeSchema(await readSchema()));
    } finally {
      await database.drop();
    }
  });
});

describe("the functions after all migrations", () => {
  it("are those of src/database/functions/, and no others", async () => {
    const [database, files] = await Promise.all([createTestDatabase(), readFunctions()]);
    try {
      const present = await database.query<{ name: string }>(
        "select proname::text as name from pg_proc where pronamespace = 'public'::regnamespace",
      );
      expect(present.map(({ name }) => name).toSorted()).toEqual([...files.keys()].toSorted());
      expect(await listChangedFunctions(database.url, files)).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it("would be found to differ by a body, a setting, or a function that a migration lacks", async () => {
    const database = await createTestDatabase();
    try {
      await database.query("alter function release_slug reset search_path");
      await database.query(
        "create or replace function refuse_application() returns trigger language plpgsql as 'begin return new; end'",
      );
      const files = new Map([
        ...(await readFunctions()),
        ["added", "create function added() returns integer language sql return 1"],
      ]);
      const changed = ["refuse_application", "release_slug", "added"];
      expect(await listChangedFunctions(database.url, files)).toEqual(changed);
      // It has changed nothing.
      expect(await listChangedFunctions(database.url, files)).toEqual(changed);
    } finally {
      await database.drop();
    }
  });
});
