import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { applyNewMigrations } from "../../dev/run/preparations.ts";
import { checkDatabase } from "../../src/database/boot-check.ts";
import { openDatabase } from "../../src/database/database.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const name = "99990101000000_remove_projects";

describe("a database with a migration that this folder lacks", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() =>
    database.query(`delete from _prisma_migrations where migration_name = '${name}'`),
  );
  afterAll(() => database.drop());

  const apply = (values: string) =>
    database.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, rolled_back_at)
       values ('removal', 'none', '${name}', ${values})`,
    );

  it("is refused by npm run dev, which says which one, and what to do", async () => {
    await apply("now(), null");
    await expect(applyNewMigrations(database.url)).rejects.toThrow(
      `The database has migrations that this folder lacks: ${name}. Bring them back, or start afresh with: npm run dev -- --reset`,
    );
  });

  it("is taken where that migration was rolled back, and has left nothing", async () => {
    await apply("null, now()");
    await expect(applyNewMigrations(database.url)).resolves.toBeUndefined();
  });

  it("is taken by a start, since a newer version may have migrated it already", async () => {
    await apply("now(), null");
    const { url } = database;
    const opened = openDatabase({ url, poolSize: 1, logger: { warn: () => {} }, slowness: 10 });
    try {
      await expect(checkDatabase(opened.unscoped)).resolves.toBeUndefined();
    } finally {
      await opened.close();
    }
  });
});
