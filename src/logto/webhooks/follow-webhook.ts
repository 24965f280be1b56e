import { z } from "zod";

import { defineJob } from "../../jobs/job.ts";
import type { LogtoJobContext, SyncContext } from "../sync/context.ts";
import { requestAdoption } from "../sync/adopt-organization.ts";
import { hintMemberships, hintOrganization, hurrySync } from "../sync/hints.ts";
import { findLinkedOrganization } from "../sync/local-state.ts";
import { waitForLogto } from "../client/logto-error.ts";
import { pullUser } from "../sync/pull-user.ts";
import { hasDoubtfulEmail, readUser } from "../client/users.ts";
import { unlinkDisputed } from "../sync/unlink-disputed.ts";
import { closeDelivery, readDelivery, webhookJob } from "./deliveries.ts";
import { readEvent, type WebhookEvent } from "./event.ts";

/** For more people than that, the whole organization is compared. */
const mostPeople = 200;

type MembershipEvent = Extract<WebhookEvent, { kind: "membership" }>;

/**
 * Follows a webhook. The webhook is only a hint to ask Logto, whose answer counts: so it may come twice, late, or out of
 * order.
 */
export const followWebhook = defineJob({
  name: webhookJob,
  lane: "urgent",
  isKeyed: true,
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

/** @returns whether it is about anything that we know */
async function follow(context: SyncContext, event: WebhookEvent): Promise<boolean> {
  const { database } = context;
  if (event.kind === "person") {
    const user = await findUser(context, event.subject);
    if (user?.deletedAt) return false;
    if (!user) {
      // We store nothing about users who have never been here, unless their address came from a linked account that does
      // not vouch for it: after that account is unlinked, nothing at Logto tells where the address came from.
      const stranger = await readUser(context.logto, event.subject);
      if (!stranger || !hasDoubtfulEmail(stranger)) return false;
    }
    const userId = await pullUser(context, event.subject);
    if (userId !== null) await unlinkDisputed(database.unscoped, userId);
    return true;
  }
  const organizationId = await findLinkedOrganization(context.database, event.logtoId);
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
    // Every member of an organization of ours has an account here, also before their first sign-in.
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

/** Whether an unlinked organization may have an owner now: it is created first, and gets its people afterwards. */
function mayBeAdopted(event: Exclude<WebhookEvent, { kind: "person" }>): boolean {
  return event.kind === "organization" ? event.isNew : event.added.length > 0;
}

/** Logto cuts each list after 5000 people, and asking about each of many takes longer than reading all. */
function isToBeReadWhole({ added, removed, hasMachines }: MembershipEvent): boolean {
  return hasMachines || added.length + removed.length > mostPeople;
}

function findUser({ database, logto }: SyncContext, subject: string) {
  return database.unscoped.user.findUnique({
    where: { issuer_subject: { issuer: logto.issuer, subject } },
    select: { id: true, deletedAt: true },
  });
}
