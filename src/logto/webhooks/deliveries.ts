import { createHash } from "node:crypto";

import { z } from "zod";

import type { Database } from "../../database/database.ts";
import type { PrismaClient } from "../../database/generated/client.ts";
import type { Task } from "../../jobs/task.ts";
import { readEvent } from "./event.ts";

/** The job of each delivery: follow-webhook.ts. */
export const webhookJob = "logto.handle_webhook";

/** How long they are kept. */
const retention = "7 days";

/** Seconds: an older delivery suspends nobody before Logto is asked. */
const freshness = 60;

/** The result of a delivery. `ignored`: it is about nothing that we know. */
type Outcome = "done" | "ignored";

const names = z.object({ event: z.string().regex(/^[\w.]{1,100}$/) });

/**
 * Stores a delivery and adds its job, in one statement, which times out after 1.5 seconds. It stores the same bytes once.
 *
 * @returns `known`: they were stored before; `not_json`: they are stored for an operator to look at, without a job
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
 * A webhook that ends access everywhere comes first of everything urgent, however many organizations wait; one that ends it
 * in one organization comes before changes of a profile.
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
 * Suspends a user and signs them out as soon as Logto says that it has suspended them, as Logto may be too slow or too
 * unwell to be asked. The delivery's job asks all the same, and Logto's answer counts. A late delivery suspends nobody.
 *
 * @param bytes of a new delivery, whose job has not run yet
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

/** Names the share of the job: many deliveries about one person or organization wait behind those about others. */
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

/** @returns null if it is purged, or was followed before */
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
