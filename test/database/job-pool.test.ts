import { afterAll, beforeAll, expect, it } from "vitest";

import { openJobPool } from "../../src/database/job-pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("FA04 a connection can be released twice, and is still lent to one borrower at a time", async () => {
  const pool = openJobPool({ url: database.url, logger: { warn: () => undefined } });
  await new Promise<void>((resolve, reject) => {
    pool.connect((error, _client, release) => {
      release();
      release();
      if (error) reject(error);
      else resolve();
    });
  });
  const [first, second] = await Promise.all([pool.connect(), pool.connect()]);
  expect(first).not.toBe(second);
  first.release();
  second.release();
  expect(pool.idleCount).toBe(pool.totalCount);
  await pool.end();
  // graphile-worker then asks it for a connection in vain.
  const answer = await new Promise((resolve) =>
    pool.connect((error, client, release) => {
      (release as typeof release | undefined)?.();
      resolve({ error, client });
    }),
  );
  expect(answer).toEqual({ error: expect.any(Error), client: undefined });
});
