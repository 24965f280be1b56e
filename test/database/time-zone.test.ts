import { afterAll, beforeAll, expect, it } from "vitest";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let stored: TestDatabase;
let database: Database;
beforeAll(async () => {
  stored = await createTestDatabase();
  // As most servers have it: the zone of the machine on which initdb ran.
  await stored.query(
    `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'America/New_York'); end $$`,
  );
  database = openDatabase({
    url: stored.url,
    poolSize: 1,
    logger: { warn: () => {} },
    slowness: 10,
  });
});
afterAll(async () => {
  await database.close();
  await stored.drop();
});

it("stores and reads the same instant whatever the time zone of the database", async () => {
  const instant = new Date("2026-07-01T12:34:56.789Z");
  const { id } = await database.unscoped.user.create({
    data: { issuer: "https://id.example/oidc", subject: "ada", suspendedAt: instant },
  });
  expect(await stored.query("select suspended_at as at from users")).toEqual([{ at: instant }]);
  const select = { suspendedAt: true };
  expect(await database.unscoped.user.findUnique({ where: { id }, select })).toEqual({
    suspendedAt: instant,
  });
});
