import { type Limit, tooMany } from "../http/limit.ts";
import { hashToken } from "../http/token.ts";
import type { Transaction } from "../database/database.ts";

/** A transaction; or the client itself, so that a use stays counted when something fails afterwards. */
type Queries = Pick<Transaction, "$queryRaw">;

/** @param points how many uses to count at once */
type Use = { subject: string; points?: number };

/**
 * Counts one use across all instances. In a transaction, a refusal or a later failure undoes the count, and other
 * transactions with the same subject wait until it ends.
 *
 * Take counters after all other locks, and those of people before those of addresses (docs/decisions/022-limits.md).
 *
 * @throws request.too_many when the limit does not leave that many uses; then nothing is counted
 */
export async function countUse(tx: Queries, limit: Limit, use: Use): Promise<void> {
  const counted = await countUses(tx, limit, [use]);
  if (counted.size > 0) return;
  const [present] = await tx.$queryRaw<{ wait: number }[]>`
    select extract(epoch from resets_at - clock_timestamp())::float8 as wait from limit_counters
     where limit_name = ${limit.name} and subject_hash = ${hashToken(use.subject)}`;
  throw tooMany(limit, present?.wait ?? limit.seconds);
}

/** Counts a use of each of several subjects. @returns the subjects whose limit allowed it */
export async function countUses(
  tx: Queries,
  { name, attempts, seconds }: Limit,
  uses: readonly Use[],
): Promise<ReadonlySet<string>> {
  const wanted = new Map(
    uses.map((use) => [Buffer.from(hashToken(use.subject)).toString("hex"), use]),
  );
  // Sorted, so that two transactions that count the same subjects do not deadlock.
  const hashes = [...wanted.keys()].toSorted();
  const points = hashes.map((each) => wanted.get(each)?.points ?? 1);
  const rows = await tx.$queryRaw<{ hash: string }[]>`
    insert into limit_counters as c (limit_name, subject_hash, used, resets_at)
    select ${name}, decode(w.hash, 'hex'), w.points, clock_timestamp() + make_interval(secs => ${seconds}::integer)
      from unnest(${hashes}::text[], ${points}::integer[]) as w (hash, points)
     where w.points <= ${attempts}::integer
        on conflict (limit_name, subject_hash) do update
           set used = case when c.resets_at <= clock_timestamp() then 0 else c.used end + excluded.used,
               resets_at = case when c.resets_at <= clock_timestamp() then excluded.resets_at else c.resets_at end
         where c.resets_at <= clock_timestamp() or c.used + excluded.used <= ${attempts}::integer
    returning encode(c.subject_hash, 'hex') as hash`;
  return new Set(rows.flatMap((row) => wanted.get(row.hash)?.subject ?? []));
}

/** Tells whether the limit leaves one more use, for work that is counted once it is done. */
export async function hasRoom(tx: Queries, limit: Limit, subject: string): Promise<boolean> {
  const used = await tx.$queryRaw<object[]>`
    select used from limit_counters
     where limit_name = ${limit.name} and subject_hash = ${hashToken(subject)}
       and resets_at > now() and used >= ${limit.attempts}::integer`;
  return used.length === 0;
}

/** A task (src/jobs/task.ts): deletes counters whose time is over, a batch at a time. */
export const purgeLimitCounters = {
  name: "limit_counter.purge_expired",
  schedule: "23 * * * *",
  run: (tx: Pick<Transaction, "$executeRaw">) => tx.$executeRaw`
    delete from limit_counters
     where (limit_name, subject_hash) in (select limit_name, subject_hash from limit_counters
                                           where resets_at < now() limit 1000 for update skip locked)`,
};
