import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { listMigrations } from "../../src/database/migrations.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";

const folder = join(import.meta.dirname, "../../prisma/migrations");

let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database?.drop());

it("the projects that were there before they had a status are active, without a due date", async () => {
  const names = await listMigrations();
  const turn = names.findIndex((name) => name.endsWith("_project_status_and_due_date"));
  const apply = async (name: string) =>
    database.query(await readFile(join(folder, name, "migration.sql"), "utf8"));
  for (const name of names.slice(0, turn)) await apply(name);
  // Without the triggers, which leave jobs for a queue that is not there.
  await database.query(`
    set session_replication_role = replica;
    insert into organizations (id, name, slug, updated_at) values (gen_random_uuid(), 'Acme', 'acme', now());
    insert into projects (organization_id, id, name) select id, gen_random_uuid(), 'Apollo' from organizations;
    reset session_replication_role`);
  await apply(names[turn] ?? "");
  await database.query(
    "insert into projects (organization_id, id, name) select id, gen_random_uuid(), 'Zeus' from organizations",
  );
  expect(await database.query("select name, status, due_date from projects order by name")).toEqual(
    [
      { name: "Apollo", status: "active", due_date: null },
      { name: "Zeus", status: "planned", due_date: null },
    ],
  );
});
