import type { AuditEntry } from "./audit-event.ts";
import type { Transaction } from "../database/database.ts";

/**
 * Withdraws a person's open invitations to an organization, found by their proven addresses or their name at Hugging Face: a
 * newer decision about them counts. Call it with the organization locked.
 *
 * @returns the events for the audit log
 */
export async function withdrawInvitations(
  tx: Transaction,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<AuditEntry[]> {
  const withdrawn = await tx.$queryRaw<{ id: string; name: string }[]>`
    update invitations
       set status = 'revoked', closed_at = now()
     where organization_id = ${organizationId}::uuid and status = 'pending'
       and (email = any (array(select proven_emails(${userId}::uuid)))
            or handle = any (array(select lower(i.handle collate "C") from identities i
                                    where i.user_id = ${userId}::uuid and i.provider = 'huggingface')))
    returning id, coalesce(email, '@' || handle || ' at Hugging Face') as name`;
  return withdrawn.map(({ id, name }) => ({
    action: "invitation.revoked",
    target: { type: "invitation", id },
    details: { name, reason: "outdated by a decision about the person" },
  }));
}
