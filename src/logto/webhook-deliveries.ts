import { createHash } from "node:crypto";

import { z } from "zod";

import type { Database } from "../database/database.ts";
import type { PrismaClient } from "../database/generated/client.ts";
import type { Task } from "../jobs/task.ts";
import { readEvent } from "./webhook-event.ts";

/** The job that is done for each delivery: src/logto/follow-webhook.ts. */
export const webhookJob = "logto.handle_webhook";

/** How long they are kept. */
const retention = "7 days";

/** How old a delivery may be to bind somebody before Logto is asked. Seconds. */
const freshness = 60;

/** What has come of a delivery: done, nothing to us, or not understood. */
type Outcome = "done" | "ignored";

const names = z.object({ event: z.string().regex(/^[\w.]{1,100}$/) });

/**
 * Keeps what Logto sent, and has it worked off: both or neither, in one statement, which is given up after 1.5 seconds.
 * The same bytes are kept once, however often they come.
 *
 * @returns whether they are JSON; what is not is kept for whoever looks into it, and nothing is done. `known`: they were
 *   kept before
 */
export async function keepDelivery(
  database: Pick<Database, "queryPrepared">,
  bytes: Buffer,
): Promise<"new" | "known" | "not_json"> {
  const content = parse(bytes);
  const bodyHash = createHash("sha256").update(bytes).digest();
  if (content === undefined) {
    await database.queryPrepared(
      "refuse-webhook-delivery",
      `insert into webhook_deliveries (body_hash, body, processed_at, outcome)
       values ($1, $2, now(), 'refused: not JSON') on conflict do nothing`,
      [bodyHash, bytes.toString().replaceAll("\0", "\uFFFD")],
    );
    return "not_json";
  }
  const event = names.safeParse(content).data?.event ?? null;
  const added = await database.queryPrepared(
    "keep-webhook-delivery",
    `with kept as (insert into webhook_deliveries (body_hash, body, event) values ($1, $2, $3)
                   on conflict do nothing returning encode(body_hash, 'hex') as hash)
     select add_job_in_turn(
              kind => $4, payload => json_build_object('bodyHash', hash), job_key => 'logto.webhook:' || hash,
              lowest_rank => $5, share => $6)
       from kept`,
    [bodyHash, bytes.toString(), event, webhookJob, rankOf(event), nameSubject(content)],
  );
  return added.length > 0 ? "new" : "known";
}

/**
 * What ends somebody's access everywhere comes first of all that is urgent, however many organizations wait to be told to
 * Logto; what ends it in one comes before what only changes how somebody looks.
 */
const ranks = new Map([
  ["User.SuspensionStatus.Updated", -1_000],
  ["User.Deleted", -1_000],
  ["Organization.Membership.Updated", 0],
]);

const rankOf = (event: string | null) => ranks.get(event ?? "") ?? 10;

const suspension = z.object({
  event: z.literal("User.SuspensionStatus.Updated"),
  createdAt: z.iso.datetime(),
  data: z.object({ id: z.string(), isSuspended: z.literal(true) }),
});

/**
 * Suspends a person and signs them out as soon as Logto says that it has suspended them: Logto may be too slow to be asked, or away. The job of the
 * delivery asks all the same, and what Logto says then counts. A delivery that comes late binds nobody by itself.
 *
 * @param bytes of a delivery that is new, so that its job is still to come
 */
export async function suspendAtOnce(
  database: Pick<Database, "queryPrepared">,
  issuer: string,
  bytes: Buffer,
): Promise<void> {
  const told = suspension.safeParse(parse(bytes));
  if (!told.success) return;
  const { createdAt, data } = told.data;
  await database.queryPrepared(
    "suspend-at-once",
    `with person as (
       update users set suspended_at = now(), updated_at = now(), sessions_valid_after = clock_timestamp()
        where issuer = $1 and subject = $2 and suspended_at is null and deleted_at is null
          and abs(extract(epoch from now() - $3::timestamptz)) < $4
       returning id)
     update sessions set revoked_at = now(), revoke_reason = 'suspended'
      where user_id in (select id from person) and revoked_at is null`,
    [issuer, data.id, createdAt, freshness],
  );
}

/** Those about one person, or one organization, are done after others' where there are many. */
function nameSubject(content: unknown): string | null {
  const event = readEvent(content);
  if (!event) return null;
  return `webhook:${event.kind === "person" ? event.subject : event.logtoId}`;
}

function parse(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}

/** @returns null where it has been removed, or was worked off before */
export async function readDelivery(
  unscoped: PrismaClient,
  bodyHash: string,
): Promise<string | null> {
  const delivery = await unscoped.webhookDelivery.findUnique({
    where: { bodyHash: Buffer.from(bodyHash, "hex") },
    select: { body: true, processedAt: true },
  });
  return delivery && delivery.processedAt === null ? delivery.body : null;
}

/** Notes what came of it. */
export async function closeDelivery(
  unscoped: PrismaClient,
  bodyHash: string,
  outcome: Outcome,
): Promise<void> {
  await unscoped.$executeRaw`
    update webhook_deliveries set processed_at = now(), outcome = ${outcome}
     where body_hash = ${Buffer.from(bodyHash, "hex")}`;
}

export const purgeOldDeliveries: Task = {
  name: "webhook_delivery.purge_old",
  schedule: "53 * * * *",
  run: (unscoped) => unscoped.$executeRaw`
    delete from webhook_deliveries
     where body_hash in (select body_hash from webhook_deliveries
                          where received_at < now() - ${retention}::interval
                          limit 100 for update skip locked)`,
};
