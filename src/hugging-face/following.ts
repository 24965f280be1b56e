import { evaluateGrant, needsApproval, readHistory } from "../tenancy/admission.ts";
import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { HuggingFaceMembership, Membership } from "../database/generated/client.ts";
import { AppError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import { changeAsGuest } from "../tenancy/change-as.ts";
import { isAbove } from "../access/roles.ts";
import { admitByEntitlement, origin as via } from "./joining.ts";
import { findEntitlements, isRoleUnknown, type Listed, type Entitlement } from "./entitlement.ts";

type Key = { organizationId: string; userId: string };

/** Expected errors of one organization: it is gone, or full. */
const expected = new Set(["request.not_found", "membership.no_seat"]);

/**
 * After a sign-in, makes the person a member through `automatic` connections, and updates the memberships that came by a
 * connection. It uses the last answer of Hugging Face about the person (confirmation.ts), however old that is.
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
    if (failures.length > 0)
      throw new AggregateError(failures, "Memberships could not follow Hugging Face.");
  };
}

/**
 * Updates what a person has in one organization by Hugging Face.
 *
 * @param listed what the list of its members says of the person; newer than the last answer about the person
 */
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
    if (!(error instanceof AppError) || !expected.has(error.code)) throw error;
  });
}

/** Lists the organizations that may need an update; call it in the scope of the person. */
async function listConcerned(tx: Transaction, userId: string): Promise<string[]> {
  const linked = await tx.huggingFaceMembership.findMany({
    where: { userId },
    select: { organizationId: true },
  });
  const entitlements = await findEntitlements(tx, { userId });
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
  });
  const belongsTo = new Set(memberships.map(({ organizationId }) => organizationId));
  const open = entitlements
    .filter(({ connection, isFresh }) => connection.mode === "automatic" && isFresh)
    .map(({ connection }) => connection.organizationId)
    .filter((organizationId) => !belongsTo.has(organizationId));
  return [...new Set([...linked.map(({ organizationId }) => organizationId), ...open])];
}

async function follow(tx: Transaction, key: Key, listed?: Listed): Promise<AuditEntry[]> {
  const entitlements = await findEntitlements(tx, key, listed);
  const member = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    include: { huggingFace: true },
  });
  if (!member) return joinAutomatically(tx, key, entitlements);
  const link = member.huggingFace;
  // Hugging Face changes neither owners nor memberships that came in another way.
  if (!link || member.role === "owner") return [];
  const entitlement =
    entitlements.find(({ connection }) => connection.subject === link.connectionSubject) ??
    // They work in another connected organization, by which they could join.
    entitlements.find(({ connection, isFresh }) => connection.mode !== "request" && isFresh);
  if (entitlement) return followEntitlement(tx, key, { member, link, entitlement });
  const subject = link.connectionSubject;
  if (await isRoleUnknown(tx, { userId: key.userId, subject }, listed)) return [];
  return suspend(tx, key, { member, link });
}

/** Needs a recent answer. A former member has to ask. */
async function joinAutomatically(
  tx: Transaction,
  key: Key,
  entitlements: Entitlement[],
): Promise<AuditEntry[]> {
  const entitlement = entitlements.find(
    ({ connection, isFresh }) => connection.mode === "automatic" && isFresh,
  );
  if (!entitlement || (await needsApproval(tx, key))) return [];
  // They did not ask to join, so they get a mail.
  const event = await admitByEntitlement(tx, key, entitlement, { tell: key.userId });
  return event ? [event] : [];
}

type Following = { member: Membership; link: HuggingFaceMembership };

/** Each loss of an entitlement suspends once: an admin may restore the member, and that stays. */
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
 * Updates a member who has an entitlement: restores what Hugging Face suspended, if the answer is recent, and changes the role,
 * unless an admin changed it here. After a decision about the member the role can only get weaker.
 */
async function followEntitlement(
  tx: Transaction,
  key: Key,
  { member, link, entitlement }: Following & { entitlement: Entitlement },
): Promise<AuditEntry[]> {
  const where = { organizationId_userId: key };
  const details = { via, organization: entitlement.handle };
  const target = targetOf(key);
  // A list of members may have suspended them since the last answer about them.
  if (link.suspendedAt !== null && !entitlement.isFresh) return [];
  const isSuspendedByThis = member.suspendedAt !== null && member.suspendedBy === via;
  const isOfRule = member.role === link.grantedRole;
  const follows = isOfRule && (isAbove(member.role, entitlement.role) || (await mayRise(tx, key)));
  const role = follows ? entitlement.role : member.role;
  const connectionSubject = entitlement.connection.subject;
  const grantedRole = isOfRule ? role : link.grantedRole;
  if (isSuspendedByThis || role !== member.role) {
    const data = { role, ...(isSuspendedByThis && { suspendedAt: null, suspendedBy: null }) };
    await tx.membership.update({ where, data });
  }
  const isElsewhere = connectionSubject !== link.connectionSubject;
  if (link.suspendedAt !== null || isElsewhere || grantedRole !== link.grantedRole) {
    const data = { connectionSubject, grantedRole, suspendedAt: null };
    await tx.huggingFaceMembership.update({ where, data });
  }
  const events: AuditEntry[] = [];
  if (isSuspendedByThis) events.push({ action: "member.reinstated", target, details });
  if (role !== member.role) {
    const change = { from: member.role, to: role, ...details };
    events.push({ action: "member.role_changed", target, details: change });
  }
  return events;
}

async function mayRise(tx: Transaction, key: Key): Promise<boolean> {
  // The suspension by Hugging Face is about to end.
  const standing = { ...(await readHistory(tx, key)), isSuspended: false };
  return evaluateGrant({ kind: "rule" }, standing) === "admits";
}

const targetOf = ({ userId }: Key) => ({ type: "user", id: userId });
