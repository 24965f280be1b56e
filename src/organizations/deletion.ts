import type { TenantDatabase } from "../database/database.ts";
import { changed, type ChangingMember, changeMembershipAs } from "../tenancy/change-as.ts";

/** For so long a deleted organization can be restored. The same number stands in the database's functions. */
export const graceDays = 14;

/** When a deleted organization is beyond restoring. */
export function findPurgeDate(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + graceDays * 24 * 3600 * 1000);
}

/** Shuts an organization for everybody, at once; its owners can restore it for {@link graceDays}. */
export function deleteOrganization(database: TenantDatabase, actor: ChangingMember): Promise<void> {
  const { id } = actor.organization;
  return changeMembershipAs(database, actor, "organization:delete", async (tx) => {
    await tx.$executeRaw`update organizations set deleted_at = now() where id = ${id}::uuid`;
    return changed({ action: "organization.deleted", target: { type: "organization", id } });
  });
}

/** Opens a deleted organization again, as it was. */
export function restoreOrganization(
  database: TenantDatabase,
  actor: ChangingMember,
): Promise<void> {
  const { id } = actor.organization;
  return changeMembershipAs(database, actor, "organization:restore", async (tx) => {
    await tx.$executeRaw`update organizations set deleted_at = null where id = ${id}::uuid`;
    return changed({ action: "organization.restored", target: { type: "organization", id } });
  });
}

/**
 * Removes an organization and everything in it for good, if it is still deleted and its time is over.
 *
 * @returns whether it was removed
 */
export async function purgeOrganization(database: TenantDatabase, id: string): Promise<boolean> {
  // What belongs to it goes with it, by the foreign keys.
  const removed = await database.forOrganization(
    id,
    (tx) => tx.$executeRaw`
      delete from organizations
       where id = ${id}::uuid and deleted_at < now() - make_interval(days => ${graceDays}::integer)`,
  );
  return removed > 0;
}
