import type { Logger } from "pino";
import { z } from "zod";

import type { Database, Transaction } from "../database/database.ts";
import type { Mailer } from "../mail/mailer.ts";
import { putOff } from "./put-off.ts";

/** The context that every job can use. A folder whose jobs need more extends it. */
export type JobContext = {
  database: Database;
  mailer: Mailer;
  /** Our own address, for links in mails. */
  baseUrl: string;
  logger: Pick<Logger, "info" | "warn" | "error">;
};

/**
 * Decides which workers do a kind of job. Each lane has its own workers, so no lane waits for another one.
 *
 * - `urgent`: ends or changes access, here or at Logto. Such a job takes a few seconds at most
 * - `mail`: takes as long as a mail server decides
 * - `slow`: reads everything, or whole lists of members; and every task
 */
export type Lane = "urgent" | "mail" | "slow";

export const lanes: readonly Lane[] = ["urgent", "mail", "slow"];

/** Adds a job in a transaction. */
export type Enqueue<Payload> = (
  tx: Transaction,
  payload: Payload,
  options?: {
    /** Replaces a job of the same key that has not started yet. */
    key?: string;
    /** Seconds from now, by the database's clock. */
    delay?: number;
    /**
     * The person or the organization that the job belongs to. The more of their jobs wait, the later this one is done, so
     * that many jobs of one never delay those of another.
     */
    share?: string;
    /** The jobs of one queue are done one after the other. */
    queue?: string;
  },
) => Promise<void>;

/** A job while it runs. */
export type RunningJob = {
  /** The same each time the job is tried, and no other job's. */
  id: string;
  /** Its id in the queue, where a restored database gives the same one again. */
  storedId: string;
  key: string | null;
  /** Whether the job is given up if it fails now. */
  isLastAttempt: boolean;
  /** Aborted when the application stops, or the time limit is over. */
  signal: AbortSignal;
};

/** A kind of job without the type of its payload, for the worker. */
export type Job<Context extends JobContext = JobContext> = {
  name: string;
  lane: Lane;
  /** Milliseconds that it may take; a minute by default. */
  timeLimit?: number;
  /** When graphile-worker adds it, as in a crontab, in UTC. */
  schedule?: string;
  /** Whether it is always added with a key: a run that another one has replaced is then removed if it fails. */
  isKeyed?: boolean;
  /** @throws when it has to be tried again */
  run: (payload: unknown, context: Context, job: RunningJob) => Promise<void>;
};

/** {@link putOff} adds this to a payload. */
const storedPayload = z.looseObject({ tries: z.int().optional() });

/**
 * Declares work that is done at least once, after the commit of the transaction that asks for it. A job may run twice, since
 * a worker can be killed after the work. A job that fails is tried again, 25 times in four days: as long as mail servers try
 * (RFC 5321, section 4.5.4.1).
 *
 * @param declaration.name `noun.verb`, such as `invitation.mail`
 * @param declaration.rank jobs of a lower rank are done first, within a lane
 * @param declaration.timeLimit milliseconds; a minute by default, and less than ten minutes (releaseAbandonedJobs)
 * @param declaration.payload ids only: the job reads what it needs when it runs, and may find it gone
 * @param declaration.retryLater for an error that an outage of another service caused: the seconds to wait at least.
 *   Such a job is put off, and the outage does not count as its failure. `undefined`: the error is a failure
 */
export function defineJob<Payload extends z.ZodType, Context extends JobContext = JobContext>({
  name,
  lane,
  rank = 0,
  timeLimit,
  isKeyed = false,
  payload: schema,
  retryLater,
  run,
}: Pick<Job, "name" | "lane" | "timeLimit" | "isKeyed"> & {
  rank?: number;
  payload: Payload;
  retryLater?(error: unknown): number | undefined;
  run(payload: z.output<Payload>, context: Context, job: RunningJob): Promise<void>;
}): Job<Context> & { enqueue: Enqueue<z.input<Payload>> } {
  return {
    name,
    lane,
    isKeyed,
    ...(timeLimit !== undefined && { timeLimit }),
    async run(stored, context, job) {
      // A payload that another version of the application wrote may fail here, and fails alone.
      if (!retryLater) return run(schema.parse(stored), context, job);
      const { tries, ...payload } = storedPayload.parse(stored);
      const input = schema.parse(payload);
      try {
        await run(input, context, job);
      } catch (error) {
        const retryAfter = retryLater(error);
        if (retryAfter === undefined) throw error;
        await putOff(context.database, job, { ...payload, tries }, retryAfter);
      }
    },
    async enqueue(tx, payload, { key, delay = 0, share, queue } = {}) {
      await tx.$executeRaw`
        select add_job_in_turn(
          kind => ${name}, payload => ${JSON.stringify(payload)}::json, lowest_rank => ${rank}::integer,
          share => ${share ?? null}, job_key => ${key ?? null}, queue => ${queue ?? null},
          delay => ${delay}::double precision)`;
    },
  };
}
