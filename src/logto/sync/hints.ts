import type { Database, TenantDatabase, Transaction } from "../../database/database.ts";

/**
 * Notes that a person's memberships may have changed at Logto, and schedules a comparison of each organization. A hint
 * decides nothing; Logto's answer at the comparison does.
 *
 * @param memberships.bySignIn whether a sign-in caused the change, and not an admin of Logto; null: not known
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

/** Does the same for an organization itself and all its members. */
export function hintOrganization(database: TenantDatabase, organizationId: string): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    await noteHint(tx, organizationId);
    await wakeSync(tx, organizationId);
  });
}

/** Notes that everything about an organization may have changed at Logto. */
export async function noteHint(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$executeRaw`
    update logto_organizations set hints = hints + 1 where organization_id = ${organizationId}::uuid`;
}

/** Adds the job `logto.sync_organization`, as the database's triggers do. */
export async function wakeSync(
  tx: Pick<Transaction, "$executeRaw">,
  organizationId: string,
): Promise<void> {
  await tx.$executeRaw`select wake_logto_sync(${organizationId}::uuid)`;
}

/** The key and the queue of an organization's jobs, as wake_logto_sync has them. */
export const nameQueue = (organizationId: string): string => `logto:${organizationId}`;

/** It comes before organizations that only have changes for Logto: a member removed at Logto still has access here. */
const urgentPriority = -500;

/** Moves an organization's waiting job to the front. */
export async function hurrySync(
  { unscoped }: Pick<Database, "unscoped">,
  organizationId: string,
): Promise<void> {
  await unscoped.$executeRaw`
    select from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs where key = ${nameQueue(organizationId)} and locked_at is null),
      priority => ${urgentPriority}::integer)`;
}
