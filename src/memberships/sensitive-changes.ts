import type { Role } from "../access/roles.ts";
import { requireRecentAuthentication } from "../auth/reauthentication.ts";
import type { TenantDatabase } from "../database/database.ts";
import type { Member } from "../tenancy/actor.ts";
import { changeRole, reinstateMember } from "./member.ts";
import { membersPath } from "./paths.ts";

/** Changes a role, after re-authentication if it makes another member an owner. @throws as `changeRole`; auth.reauthentication_required */
export async function changeRoleAfterReauthentication(
  database: TenantDatabase,
  actor: Member,
  member: { userId: string; role: Role },
): Promise<void> {
  requireReauthentication(actor, member);
  await changeRole(database, actor, member);
}

/** Ends a suspension, after re-authentication if the member is an owner. @throws as `reinstateMember`; auth.reauthentication_required */
export async function reinstateAfterReauthentication(
  database: TenantDatabase,
  actor: Member,
  { userId }: { userId: string },
): Promise<void> {
  const [suspended] = await database.readOrganization<{ userId: string; role: Role }>(
    actor.organization.id,
    { name: "suspended-member", text: suspendedMember, values: [userId] },
  );
  if (suspended) requireReauthentication(actor, suspended);
  await reinstateMember(database, actor, { userId });
}

const suspendedMember = `
  select user_id as "userId", role from memberships
   where organization_id = current_organization_id() and user_id = $1 and suspended_at is not null`;

/**
 * A new owner could remove the one who made them an owner. As for a transfer of ownership, a stolen session must not suffice
 * for that. An actor who may not give that role need not re-authenticate to be refused.
 */
function requireReauthentication(actor: Member, member: { userId: string; role: Role }): void {
  const isAnotherOwner = member.role === "owner" && member.userId !== actor.user.id;
  if (!isAnotherOwner || actor.role !== "owner") return;
  requireRecentAuthentication(actor, membersPath(actor.organization));
}
