import type { TenantDatabase } from "../database/database.ts";

/**
 * Notes that a person's membership may have changed at Logto, and has it looked at: by the job
 * `logto.sync_organization`, once this has committed. A hint decides nothing: what Logto then says does.
 */
export function hintMembership(
  database: TenantDatabase,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    // Somebody new to the organization has no version of ours that Logto does not know.
    await tx.$executeRaw`
      insert into logto_memberships as m (organization_id, user_id, version, hints)
      select ${organizationId}::uuid, ${userId}::uuid, 0, 1
       where exists (select from logto_organizations where organization_id = ${organizationId}::uuid)
          on conflict (organization_id, user_id) do update set hints = m.hints + 1`;
    await tx.$executeRaw`select wake_logto_sync(${organizationId}::uuid)`;
  });
}

/** As {@link hintMembership}, for an organization itself and everybody in it. */
export function hintOrganization(database: TenantDatabase, organizationId: string): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    await tx.$executeRaw`
      update logto_organizations set hints = hints + 1 where organization_id = ${organizationId}::uuid`;
    await tx.$executeRaw`select wake_logto_sync(${organizationId}::uuid)`;
  });
}
