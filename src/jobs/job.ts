import type { Logger } from "pino";
import { z } from "zod";

import type { Database, Transaction } from "../database/database.ts";
import type { Mailer } from "../mail/mailer.ts";
import { putOff } from "./put-off.ts";

/** What every job can use; a folder whose jobs need more extends it. */
export type JobContext = {
  database: Database;
  mailer: Mailer;
  /** Our own address, for links in mails. */
  baseUrl: string;
  logger: Pick<Logger, "info" | "warn" | "error">;
};

/**
 * Which workers do a kind of job. Each lane has workers of its own, so no lane waits for another one.
 *
 * - `urgent`: what ends or changes access, here and at Logto. Such a job takes a few seconds at most
 * - `mail`: a mail server decides how long it takes
 * - `slow`: looks at everything, or at whole lists of members
 */
export type Lane = "urgent" | "mail" | "slow";

export const lanes: readonly Lane[] = ["urgent", "mail", "slow"];

/** How a job is added. */
export type Enqueue<Payload> = (
  tx: Transaction,
  payload: Payload,
  options?: {
    /** Replaces one of the same key that has not begun yet. */
    key?: string;
    /** Seconds from now, by the database's clock. */
    delay?: number;
    /**
     * Whose job it is: a person or an organization. The more of theirs wait, the later it is done, so that many jobs of one
     * never keep another one's waiting.
     */
    share?: string;
    /** Jobs of one queue are done one after the other. */
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
};

/** A kind of job, its payload's type forgotten: what the worker holds. */
export type Job<Context extends JobContext = JobContext> = {
  name: string;
  lane: Lane;
  /** Milliseconds that it may take; a minute unless given. */
  timeLimit?: number;
  /** @throws when it has to be tried again */
  run(payload: unknown, context: Context, job: RunningJob): Promise<void>;
};

/** What {@link putOff} adds to every payload. */
const storedPayload = z.looseObject({ tries: z.int().optional() });

/**
 * Declares work that is done after the commit of the transaction that asks for it, at least once: a worker that
 * is killed does it again, so it has to bear that. What fails is tried again, 25 times in four days: as long as mail
 * servers try (RFC 5321, section 4.5.4.1).
 *
 * @param declaration.name `noun.verb`, such as `invitation.mail`
 * @param declaration.rank within its lane: those with a lower one are done first
 * @param declaration.timeLimit milliseconds; a minute unless given, and less than ten (releaseAbandonedJobs)
 * @param declaration.payload ids only: what a job needs it reads when it runs, and it may find that gone
 * @param declaration.retryLater for an error that an outage of another service caused: the seconds to wait at least.
 *   Such a job is put off, and the outage does not count as its failure. `undefined`: the error is a failure
 */
export function defineJob<Payload extends z.ZodType, Context extends JobContext = JobContext>({
  name,
  lane,
  rank = 0,
  timeLimit,
  payload: schema,
  retryLater = () => undefined,
  run,
}: {
  name: string;
  lane: Lane;
  rank?: number;
  timeLimit?: number;
  payload: Payload;
  retryLater?(error: unknown): number | undefined;
  run(payload: z.output<Payload>, context: Context, job: RunningJob): Promise<void>;
}): Job<Context> & { enqueue: Enqueue<z.input<Payload>> } {
  return {
    name,
    lane,
    ...(timeLimit !== undefined && { timeLimit }),
    async run(stored, context, job) {
      // A payload that another version of the application wrote may fail here, and fails alone.
      // The payload of batched jobs is a list, to which nothing is added.
      const { tries, ...payload } = Array.isArray(stored) ? {} : storedPayload.parse(stored);
      const input = schema.parse(Array.isArray(stored) ? stored : payload);
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
