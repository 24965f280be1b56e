import type { TenantDatabase } from "../database/database.ts";
import type { Task } from "../jobs/task.ts";
import { type ChangingMember, changeAs } from "../tenancy/change-as.ts";

/** For so long a deleted organization can be restored. The same number stands in the database's functions. */
export const graceDays = 14;

/** When a deleted organization is beyond restoring. */
export function findPurgeDate(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + graceDays * 24 * 3600 * 1000);
}

/** Shuts an organization for everybody, at once; its owners can restore it for {@link graceDays}. */
export function deleteOrganization(database: TenantDatabase, actor: ChangingMember): Promise<void> {
  const { id } = actor.organization;
  return changeAs(
    database,
    actor,
    "organization:delete",
    async (tx) => {
      await tx.$executeRaw`update organizations set deleted_at = now() where id = ${id}::uuid`;
      const target = { type: "organization", id };
      return { value: undefined, event: { action: "organization.deleted", target } };
    },
    { exclusively: true },
  );
}

/** Opens a deleted organization again, as it was. */
export function restoreOrganization(
  database: TenantDatabase,
  actor: ChangingMember,
): Promise<void> {
  const { id } = actor.organization;
  return changeAs(
    database,
    actor,
    "organization:restore",
    async (tx) => {
      await tx.$executeRaw`update organizations set deleted_at = null where id = ${id}::uuid`;
      const target = { type: "organization", id };
      return { value: undefined, event: { action: "organization.restored", target } };
    },
    { exclusively: true },
  );
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
