import type { Database, TenantDatabase, Transaction } from "../../database/database.ts";

/**
 * Notes that a person's memberships may have changed at Logto, and has them looked at: by the job
 * `logto.sync_organization` of each organization. A hint decides nothing: what Logto then says does. If they have no role
 * there, they are watched from then on.
 */
export async function hintMemberships(
  { unscoped }: Pick<Database, "unscoped">,
  {
    userId,
    organizationIds,
    bySignIn = null,
  }: { userId: string; organizationIds: readonly string[]; bySignIn?: boolean | null },
): Promise<void> {
  await unscoped.$transaction(
    (tx) => tx.$executeRaw`
      select hint_memberships(${userId}::uuid, ${organizationIds}::uuid[], ${bySignIn}::boolean)`,
  );
}

/** As {@link hintMemberships}, for an organization itself and everybody in it. */
export function hintOrganization(database: TenantDatabase, organizationId: string): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    await noteHint(tx, organizationId);
    await tx.$executeRaw`select wake_logto_sync(${organizationId}::uuid)`;
  });
}

/** Notes that everything about an organization may have changed at Logto. */
export async function noteHint(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$executeRaw`
    update logto_organizations set hints = hints + 1 where organization_id = ${organizationId}::uuid`;
}

/** Before all organizations that only have something to tell Logto: somebody who was removed there has still access here. */
const hurry = -500;

/** Has an organization looked at next, where it waits for that. */
export async function hurrySync(
  { unscoped }: Pick<Database, "unscoped">,
  organizationId: string,
): Promise<void> {
  await unscoped.$executeRaw`
    select from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs where key = ${`logto:${organizationId}`} and locked_at is null),
      priority => ${hurry}::integer)`;
}
