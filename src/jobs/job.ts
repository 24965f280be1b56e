import type { Logger } from "pino";
import type { z } from "zod";

import type { Database, Transaction } from "../database/database.ts";
import type { ManagementApi } from "../logto/management-api.ts";
import type { Mailer } from "../mail/mailer.ts";

/** What every job can use. */
export type JobContext = {
  database: Database;
  mailer: Mailer;
  /** Null: nothing is kept in step with Logto. */
  logto: ManagementApi | null;
  /** Where it is asked who an organization's members are, and what seals its tokens, the newest first. Without: nowhere. */
  huggingFace?: { endpoint: string; secrets: readonly string[] };
  /** Our own address, for links in mails. */
  baseUrl: string;
  logger: Pick<Logger, "info" | "warn" | "error">;
};

/** How a job is added. */
export type Enqueue<Payload> = (
  tx: Transaction,
  payload: Payload,
  options?: {
    /** Replaces one of the same key that has not begun yet. */
    key?: string;
    /** Seconds from now, by the database's clock. */
    delay?: number;
  },
) => Promise<void>;

/** A kind of job, its payload's type forgotten: what the worker holds. */
export type Job = {
  name: string;
  /**
   * @param job.id the same each time it is tried, and no other's
   * @throws when it has to be tried again
   */
  run(payload: unknown, context: JobContext, job: { id: string }): Promise<void>;
};

/**
 * Declares work that is done after the commit of the transaction that asks for it, at least once: a worker that
 * is killed does it again, so it has to bear that. What fails is tried again, 25 times in four days: as long as mail
 * servers try (RFC 5321, section 4.5.4.1).
 *
 * @param declaration.name `noun.verb`, such as `invitation.mail`
 * @param declaration.payload ids only: what a job needs it reads when it runs, and it may find that gone
 */
export function defineJob<Payload extends z.ZodType>({
  name,
  payload: schema,
  run,
}: {
  name: string;
  payload: Payload;
  run(payload: z.output<Payload>, context: JobContext, job: { id: string }): Promise<void>;
}): Job & { enqueue: Enqueue<z.input<Payload>> } {
  return {
    name,
    // Whatever another version of us put there fails, and no more than that.
    run: async (payload, context, job) => run(schema.parse(payload), context, job),
    async enqueue(tx, payload, { key, delay = 0 } = {}) {
      await tx.$executeRaw`
        select graphile_worker.add_job(
          identifier => ${name}, payload => ${JSON.stringify(payload)}::json,
          job_key => ${key ?? null}, run_at => now() + make_interval(secs => ${delay}))`;
    },
  };
}
