import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { HuggingFaceMembership, Membership } from "../database/generated/client.ts";
import { AppError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import { changeAsGuest } from "../tenancy/joining.ts";
import { needsApproval } from "../tenancy/admission-rule.ts";
import { isAbove } from "../access/roles.ts";
import { readHistory, evaluateGrant } from "../tenancy/admission-rule.ts";
import { admitBy, via } from "./joining.ts";
import { findPlaces, isUntold, type Listed, type Place } from "./place.ts";

type Key = { organizationId: string; userId: string };

/** What ends the matter in one organization: it is gone, or full. The others go on. */
const foreseen = new Set(["request.not_found", "membership.no_seat"]);

/**
 * After a sign-in, brings in step with Hugging Face what somebody has by it: `automatic` connections take them in, and
 * memberships that came by a connection follow it. It goes by what Hugging Face told of the person last
 * (confirmation.ts): where it was away, that finds what it found before.
 */
export function followHuggingFace(database: TenantDatabase) {
  return async ({ id: userId }: { id: string }, request: RequestOrigin): Promise<void> => {
    const organizationIds = await database.forUser(userId, (tx) => listConcerned(tx, userId));
    const failures: unknown[] = [];
    for (const organizationId of organizationIds) {
      await followIn(database, { organizationId, userId }, { request }).catch((error: unknown) => {
        failures.push(error);
      });
    }
    if (failures.length > 0) throw new AggregateError(failures, "Hugging Face was not followed.");
  };
}

/** Brings in step what somebody has in one organization. @param listed what its members' list says of them, newer than what they let tell */
export async function followIn(
  database: TenantDatabase,
  key: Key,
  { request, listed }: { request: RequestOrigin | null; listed?: Listed },
): Promise<void> {
  const nobody = { user: null, organization: { id: key.organizationId }, request };
  const following = changeAsGuest(database, nobody, async (tx) => ({
    value: undefined,
    event: await follow(tx, key, listed),
  }));
  await following.catch((error: unknown) => {
    if (!(error instanceof AppError) || !foreseen.has(error.code)) throw error;
  });
}

/** The organizations in which there may be something to do; in the person's own scope. */
async function listConcerned(tx: Transaction, userId: string): Promise<string[]> {
  const linked = await tx.huggingFaceMembership.findMany({
    where: { userId },
    select: { organizationId: true },
  });
  const places = await findPlaces(tx, { userId });
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
  });
  const belongsTo = new Set(memberships.map(({ organizationId }) => organizationId));
  const open = places
    .filter(({ connection, isFresh }) => connection.mode === "automatic" && isFresh)
    .map(({ connection }) => connection.organizationId)
    .filter((organizationId) => !belongsTo.has(organizationId));
  return [...new Set([...linked.map(({ organizationId }) => organizationId), ...open])];
}

async function follow(tx: Transaction, key: Key, listed?: Listed): Promise<AuditEntry[]> {
  const places = await findPlaces(tx, key, listed);
  const member = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    include: { huggingFace: true },
  });
  if (!member) return join(tx, key, places);
  const link = member.huggingFace;
  // A membership of their own, and whatever an owner has, is not for Hugging Face to change.
  if (!link || member.role === "owner") return [];
  const place =
    places.find(({ connection }) => connection.subject === link.connectionSubject) ??
    // They work in another one that is connected, and could come in by that.
    places.find(({ connection, isFresh }) => connection.mode !== "request" && isFresh);
  if (place) return keepUp(tx, key, { member, link, place });
  const subject = link.connectionSubject;
  if (await isUntold(tx, { userId: key.userId, subject }, listed)) return [];
  return suspend(tx, key, { member, link });
}

/** Only by what was told lately; and whoever left or was removed is not taken in again without being asked. */
async function join(tx: Transaction, key: Key, places: Place[]): Promise<AuditEntry[]> {
  const place = places.find(
    ({ connection, isFresh }) => connection.mode === "automatic" && isFresh,
  );
  if (!place || (await needsApproval(tx, key))) return [];
  // They did not ask for it, so they are told.
  const event = await admitBy(tx, key, place, { tell: key.userId });
  return event ? [event] : [];
}

type Following = { member: Membership; link: HuggingFaceMembership };

/** Each loss suspends once: an admin who lets somebody in all the same has decided. */
async function suspend(
  tx: Transaction,
  key: Key,
  { member, link }: Following,
): Promise<AuditEntry[]> {
  if (member.suspendedAt ?? link.suspendedAt) return [];
  const where = { organizationId_userId: key };
  const suspendedAt = new Date();
  const data = { suspendedAt, suspendedBy: via } as const;
  await tx.membership.update({ where, data });
  await tx.huggingFaceMembership.update({ where, data: { suspendedAt } });
  return [{ action: "member.suspended", target: targetOf(key), details: { via } }];
}

/**
 * They have a place: what this suspended is restored where that was told lately, and the role follows unless somebody has
 * changed it here. Where anybody decided about them, it can only become less.
 */
async function keepUp(
  tx: Transaction,
  key: Key,
  { member, link, place }: Following & { place: Place },
): Promise<AuditEntry[]> {
  const where = { organizationId_userId: key };
  const details = { via, organization: place.handle };
  const target = targetOf(key);
  // A list of members may have suspended them since they let tell of themselves.
  if (link.suspendedAt !== null && !place.isFresh) return [];
  const wasThis = member.suspendedAt !== null && member.suspendedBy === via;
  const isOfRule = member.role === link.grantedRole;
  const follows = isOfRule && (isAbove(member.role, place.role) || (await mayRise(tx, key)));
  const role = follows ? place.role : member.role;
  const connectionSubject = place.connection.subject;
  const grantedRole = isOfRule ? role : link.grantedRole;
  if (wasThis || role !== member.role) {
    const data = { role, ...(wasThis && { suspendedAt: null, suspendedBy: null }) };
    await tx.membership.update({ where, data });
  }
  const isElsewhere = connectionSubject !== link.connectionSubject;
  if (link.suspendedAt !== null || isElsewhere || grantedRole !== link.grantedRole) {
    const data = { connectionSubject, grantedRole, suspendedAt: null };
    await tx.huggingFaceMembership.update({ where, data });
  }
  const events: AuditEntry[] = [];
  if (wasThis) events.push({ action: "member.reinstated", target, details });
  if (role !== member.role) {
    const change = { from: member.role, to: role, ...details };
    events.push({ action: "member.role_changed", target, details: change });
  }
  return events;
}

async function mayRise(tx: Transaction, key: Key): Promise<boolean> {
  // Its own suspension is what this is about to lift.
  const history = { ...(await readHistory(tx, key)), isSuspended: false };
  return evaluateGrant({ kind: "rule" }, history) === "admits";
}

const targetOf = ({ userId }: Key) => ({ type: "user", id: userId });
