import type { AuditEntry } from "../../tenancy/audit-event.ts";
import type { Database, Transaction } from "../../database/database.ts";
import { AppError } from "../../http/errors.ts";
import { recordDecision, recordRoleDecision } from "../../tenancy/decision.ts";
import { admit } from "../../tenancy/admission.ts";
import { changeAsGuest } from "../../tenancy/change-as.ts";
import { mailRemoved, mailRoleChanged } from "../../tenancy/mail.ts";
import { hasAnotherOwner } from "../../memberships/ownership.ts";
import type { Role } from "../../access/roles.ts";
import { type LocalPerson, settleFollowed } from "./local-state.ts";

/** The result of applying a change made at Logto. `overtaken`: it has changed again here. `refused`: our rules forbid it. */
export type Outcome =
  | { kind: "applied" | "overtaken" }
  | { kind: "refused"; reason: string; role: Role | null };

/** The principal of changes that the application makes on Logto's behalf. */
export const byLogto = (organizationId: string) => ({
  user: null,
  organization: { id: organizationId },
  request: null,
});

/** Marks what comes from Logto in the audit log. */
const via = { via: "logto" } as const;

/**
 * Makes a membership equal to the one at Logto, in one transaction that locks the organization's memberships. The change
 * is not sent back to Logto.
 *
 * @param person as read before we asked Logto; if they have changed since, Logto's answer is too old
 * @param role null: they are no longer a member
 */
export async function applyChange(
  database: Database,
  organizationId: string,
  person: LocalPerson,
  role: Role | null,
): Promise<Outcome> {
  const { userId } = person;
  try {
    return await changeAsGuest<Outcome>(database, byLogto(organizationId), async (tx) => {
      const key = { organizationId, userId };
      const [noted] = await tx.$queryRaw<{ version: bigint }[]>`
          select version from logto_memberships
           where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid`;
      if (noted?.version !== person.version) return { value: { kind: "overtaken" }, event: null };
      const member = await tx.membership.findUnique({
        where: { organizationId_userId: key },
        select: { role: true },
      });
      if (member?.role === "owner" && role !== "owner" && !(await hasAnotherOwner(tx, key))) {
        return revert({ reason: "no owner would be left", role: member.role }, userId);
      }
      const event = await write(tx, { ...key, from: member?.role ?? null, to: role, person });
      if (event.length > 0) await settleFollowed(tx, organizationId, person);
      return { value: { kind: "applied" }, event };
    });
  } catch (error) {
    // No seat is left, or a sign-in does not readmit a member who was removed here.
    if (error instanceof AppError && error.code.startsWith("membership.")) {
      return noteRefusal(database, organizationId, person, error.code);
    }
    throw error;
  }
}

async function write(
  tx: Transaction,
  change: {
    organizationId: string;
    userId: string;
    from: Role | null;
    to: Role | null;
    person: LocalPerson;
  },
): Promise<AuditEntry[]> {
  const { organizationId, userId, from, to, person } = change;
  const key = { organizationId, userId };
  const where = { organizationId_userId: key };
  const target = { type: "user", id: userId };
  const decided = { ...key, deciderId: null };
  if (from === to) return [];
  if (to === null) {
    await tx.membership.delete({ where });
    if (!person.isMachine) await mailRemoved(tx, key);
    const closed = await recordDecision(tx, decided, "removed");
    return [{ action: "member.removed", target, details: { role: from, ...via } }, ...closed];
  }
  if (from === null) {
    const tell = person.isMachine ? null : userId;
    const grant = { kind: person.bySignIn ? "rule" : "admin" } as const;
    const event = await admit(tx, { ...key, role: to, grant, details: via, tell });
    return event ? [event] : [];
  }
  await tx.membership.update({ where, data: { role: to }, select: { userId: true } });
  if (!person.isMachine) await mailRoleChanged(tx, { ...key, actorId: null, from, role: to });
  const closed = await recordRoleDecision(tx, decided, { from, to });
  return [{ action: "member.role_changed", target, details: { from, to, ...via } }, ...closed];
}

/** Writes to the audit log that we revert a change made at Logto. */
export function noteRefusal(
  database: Database,
  organizationId: string,
  { userId, role }: Pick<LocalPerson, "userId" | "role">,
  reason: string,
): Promise<Outcome> {
  return changeAsGuest(database, byLogto(organizationId), () =>
    Promise.resolve(revert({ reason, role }, userId)),
  );
}

function revert(refusal: { reason: string; role: Role | null }, userId: string) {
  const value: Outcome = { kind: "refused", ...refusal };
  const target = { type: "user", id: userId };
  const details = { reason: refusal.reason };
  return { value, event: { action: "logto.change_reverted" as const, target, details } };
}
