import type { AuditEntry } from "./audit-event.ts";
import type { Transaction } from "../database/database.ts";

/**
 * Withdraws a person's open requests to join an organization: a newer decision about them counts. Call it with the organization
 * locked.
 *
 * @returns the events for the audit log
 */
export async function closeRequests(
  tx: Transaction,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<AuditEntry[]> {
  const closed = await tx.$queryRaw<{ role: string; origin: string }[]>`
    update join_requests
       set status = 'withdrawn', decided_at = now()
     where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and status = 'pending'
    returning role::text as role, origin`;
  return closed.map(({ role, origin }) => ({
    action: "join_request.withdrawn",
    target: { type: "user", id: userId },
    details: { role, via: origin, reason: "outdated by a decision about the person" },
  }));
}
