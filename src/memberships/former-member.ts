import type { Transaction } from "../database/database.ts";

/** What ends a membership, or keeps somebody from one; their organization's log has it for good. */
const endings = ["member.removed", "member.left", "join_request.refused"];

/**
 * Whether somebody belonged to an organization and was removed or left, or asked to and was refused: where they work
 * then lets them in no more by itself, an admin has to. Or else whoever was removed would be back at once, and whoever
 * was given a lesser role could leave and come back with the former one.
 *
 * Call it inside the organization's scope.
 */
export async function isFormerMember(
  tx: Transaction,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<boolean> {
  const event = await tx.auditEvent.findFirst({
    where: {
      organizationId,
      action: { in: endings },
      targetType: "user",
      targetId: userId,
    },
    select: { id: true },
  });
  return event !== null;
}
