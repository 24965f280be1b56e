import { z } from "zod";

import { defineJob } from "../jobs/job.ts";
import type { LogtoJobContext } from "./job-context.ts";
import { requestAdoption } from "./adopt-organization.ts";
import { hintMemberships, hintOrganization, hurrySync } from "./hints.ts";
import { waitForLogto } from "./logto-error.ts";
import { type PullContext, pullUser } from "./pull-user.ts";
import { hasDoubtfulEmail, readUser } from "./users-at-logto.ts";
import { unlinkDisputed } from "./unlink-disputed.ts";
import { closeDelivery, readDelivery, webhookJob } from "./webhook-deliveries.ts";
import { readEvent, type WebhookEvent } from "./webhook-event.ts";

/** With more people than that the whole organization is looked at. */
const mostPeople = 200;

type MembershipEvent = Extract<WebhookEvent, { kind: "membership" }>;

/**
 * Follows up what a webhook told. It is a hint to look at Logto, and no more: what is there then counts, so it may come
 * twice, late, or after what came later.
 */
export const followWebhook = defineJob({
  name: webhookJob,
  lane: "urgent",
  payload: z.object({ bodyHash: z.string().regex(/^[0-9a-f]{64}$/) }),
  retryLater: waitForLogto,
  async run({ bodyHash }, context: LogtoJobContext) {
    const { database, logto } = context;
    const text = await readDelivery(database.unscoped, bodyHash);
    if (text === null) return;
    const event = readEvent(JSON.parse(text));
    const isOurs = event !== null && logto !== null && (await follow({ ...context, logto }, event));
    await closeDelivery(database.unscoped, bodyHash, isOurs ? "done" : "ignored");
  },
});

/** @returns whether it is about anything that we know of */
async function follow(context: PullContext, event: WebhookEvent): Promise<boolean> {
  const { database } = context;
  if (event.kind === "person") {
    const user = await findUser(context, event.subject);
    if (user?.deletedAt) return false;
    if (!user) {
      // Nothing is kept of people who have never been here, unless their address came from an account elsewhere that does
      // not vouch for it: once that account is unlinked, nothing at Logto tells.
      const stranger = await readUser(context.logto, event.subject);
      if (!stranger || !hasDoubtfulEmail(stranger)) return false;
    }
    const userId = await pullUser(context, event.subject);
    if (userId !== null) await unlinkDisputed(database.unscoped, userId);
    return true;
  }
  const organizationId = await findOrganization(context, event.logtoId);
  if (organizationId === null) {
    if (!mayBeAdopted(event)) return false;
    await requestAdoption(database, event.logtoId);
    return true;
  }
  if (event.kind === "organization" || isToBeReadWhole(event)) {
    await hintOrganization(database, organizationId);
    return true;
  }
  for (const subject of event.added) {
    // Whoever belongs to an organization of ours is known here, also before they first sign in.
    const userId = (await findUser(context, subject))?.id ?? (await pullUser(context, subject));
    if (userId !== null) {
      const { bySignIn } = event;
      await hintMemberships(database, { userId, organizationIds: [organizationId], bySignIn });
    }
  }
  for (const subject of event.removed) {
    const user = await findUser(context, subject);
    if (user) {
      await hintMemberships(database, { userId: user.id, organizationIds: [organizationId] });
    }
  }
  if (event.removed.length > 0) await hurrySync(database, organizationId);
  return true;
}

/** Whether an organization that nobody knows here may have an owner now: it is made first, and gets its people afterwards. */
function mayBeAdopted(event: Exclude<WebhookEvent, { kind: "person" }>): boolean {
  return event.kind === "organization" ? event.isNew : event.added.length > 0;
}

/** Logto cuts each list after 5000; and asking about each of many takes longer than reading them all. */
function isToBeReadWhole({ added, removed, hasMachines }: MembershipEvent): boolean {
  return hasMachines || added.length + removed.length > mostPeople;
}

async function findOrganization(
  { database }: PullContext,
  logtoId: string,
): Promise<string | null> {
  const [row] = await database.unscoped.$queryRaw<{ organizationId: string | null }[]>`
    select find_organization_of_twin(${logtoId}) as "organizationId"`;
  return row?.organizationId ?? null;
}

function findUser({ database, logto }: PullContext, subject: string) {
  return database.unscoped.user.findUnique({
    where: { issuer_subject: { issuer: logto.issuer, subject } },
    select: { id: true, deletedAt: true },
  });
}
