import type { Member } from "../tenancy/actor.ts";
import { requireRecentAuthentication } from "../auth/reauthentication.ts";
import type { TenantDatabase } from "../database/database.ts";
import type { Role } from "../access/roles.ts";
import { membersPath } from "./views.tsx";

/**
 * Stands in front of making somebody else an owner, who could then shut out the one who did: as for handing the
 * organization over, a stolen session must not be enough. Whoever may not give that role needs no proof to be
 * refused.
 *
 * @throws auth.reauthentication_required
 */
export function requireProof(actor: Member, member: { userId: string; role: Role }): void {
  const isAnotherOwner = member.role === "owner" && member.userId !== actor.user.id;
  if (!isAnotherOwner || actor.role !== "owner") return;
  requireRecentAuthentication(actor, membersPath(actor.organization));
}

/** As {@link requireProof}, before a suspended member gets back what their role gives. @throws as it does */
export async function requireProofToReinstate(
  database: TenantDatabase,
  actor: Member,
  userId: string,
): Promise<void> {
  const { id: organizationId } = actor.organization;
  const member = await database.forOrganization(organizationId, (tx) =>
    tx.membership.findUnique({
      where: { organizationId_userId: { organizationId, userId }, suspendedAt: { not: null } },
      select: { userId: true, role: true },
    }),
  );
  if (member) requireProof(actor, member);
}
