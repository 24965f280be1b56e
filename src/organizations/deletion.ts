import type { TenantDatabase } from "../database/database.ts";
import type { Task } from "../jobs/task.ts";
import { changed, type ChangingMember, changeMembershipAs } from "../tenancy/change-as.ts";

/** A deleted organization can be restored for so many days. The database's functions have the same number. */
export const graceDays = 14;

/** The time after which a deleted organization cannot be restored. */
export function findPurgeDate(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + graceDays * 24 * 3600 * 1000);
}

/** Deletes an organization: nobody can open it any more, and its owners can restore it for {@link graceDays} days. */
export const deleteOrganization = deletionWith({ isDeleted: true });

/** Restores a deleted organization as it was. */
export const restoreOrganization = deletionWith({ isDeleted: false });

function deletionWith({ isDeleted }: { isDeleted: boolean }) {
  return (database: TenantDatabase, actor: ChangingMember): Promise<void> => {
    const { id } = actor.organization;
    const permission = isDeleted ? "organization:delete" : "organization:restore";
    return changeMembershipAs(database, actor, permission, async (tx) => {
      await tx.$executeRaw`
        update organizations set deleted_at = case when ${isDeleted} then now() end where id = ${id}::uuid`;
      const action = isDeleted ? "organization.deleted" : "organization.restored";
      return changed({ action, target: { type: "organization", id } });
    });
  };
}

/**
 * Removes an organization and everything in it for good, if it is still deleted and {@link graceDays} days have passed.
 *
 * @returns whether it was removed
 */
export async function purgeOrganization(database: TenantDatabase, id: string): Promise<boolean> {
  // The foreign keys delete everything that belongs to it.
  const removed = await database.forOrganization(
    id,
    (tx) => tx.$executeRaw`
      delete from organizations
       where id = ${id}::uuid and deleted_at < now() - make_interval(days => ${graceDays}::integer)`,
  );
  return removed > 0;
}

/** In a transaction each, so that one that fails does not keep the others. */
export const purgeDeletedOrganizations: Task = {
  name: "organization.purge_deleted",
  schedule: "8 * * * *",
  async run(queries, { database, logger }, signal) {
    const due = await queries.$queryRaw<{ id: string }[]>`
      select id from purgeable_organizations() as due(id)`;
    const failures: unknown[] = [];
    for (const { id: organizationId } of due) {
      signal.throwIfAborted();
      try {
        if (await purgeOrganization(database, organizationId)) {
          logger.info({ organizationId }, "organization purged");
        }
      } catch (error) {
        logger.warn({ err: error, organizationId }, "an organization could not be purged");
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  },
};
