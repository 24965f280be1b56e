import { afterAll, beforeAll, beforeEach } from "vitest";

import { type Database, openDatabase, type Transaction } from "../../src/database/database.ts";
import { type JobPool, openJobPool } from "../../src/database/job-pool.ts";
import type { Job, JobContext } from "../../src/jobs/job.ts";
import { drainJobs, startWorker } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

type StoredJob = {
  kind: string;
  key: string | null;
  attempts: number;
  isLocked: boolean;
  isDue: boolean;
  error: string | null;
};

/** A database with nothing in its queue, and workers on it. */
export function useJobs() {
  const lines: string[] = [];
  const logger = createLogger("trace", { write: (line) => lines.push(line) });
  let stored: TestDatabase;
  let database: Database;
  let pool: JobPool;

  beforeAll(async () => {
    stored = await createTestDatabase();
    database = openDatabase({ url: stored.url, poolSize: 4, logger, slowness: 10 });
    pool = openJobPool({ url: stored.url, logger });
  });
  beforeEach(async () => {
    lines.length = 0;
    await stored.query("delete from graphile_worker._private_jobs");
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
    await stored.drop();
  });

  const context = (): JobContext => ({
    database,
    mailer: createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl: "http://localhost" }),
    baseUrl: "http://localhost",
    logger,
  });
  return {
    logger,
    context,
    logged: () => lines.join(""),
    get url() {
      return stored.url;
    },
    get pool() {
      return pool;
    },
    query: <Row extends object>(text: string, values?: unknown[]) =>
      stored.query<Row>(text, values),
    /** In a transaction of the application's own. */
    inTransaction: <T>(work: (tx: Transaction) => Promise<T>) =>
      database.forOrganization("019aa000-0000-7000-8000-000000000000", work),
    /** The jobs of the queue, in the order in which they came. */
    list: () =>
      stored.query<StoredJob>(
        `select task_identifier as kind, key, attempts, locked_at is not null as "isLocked",
                run_at <= now() as "isDue", last_error as error
           from graphile_worker.jobs order by id`,
      ),
    drain: (...kinds: readonly Job[]) => drainJobs({ pool, context: context(), logger, kinds }),
    start: (kinds: readonly Job[], url = stored.url) =>
      startWorker({
        openPool: () => openJobPool({ url, logger }),
        context: context(),
        logger,
        kinds,
      }),
  };
}
