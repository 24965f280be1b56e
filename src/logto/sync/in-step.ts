import type { Transaction } from "../../database/database.ts";

/** Seconds that a change may be on its way before anybody is told: mostly it is there at once. */
const grace = 10;

/** Whether Logto knows all that changed in an organization; call it inside `forOrganization`. */
export async function isInStep(tx: Transaction, organizationId: string): Promise<boolean> {
  const [state] = await tx.$queryRaw<{ isBehind: boolean }[]>`
    select exists (
             select from logto_organizations
              where organization_id = ${organizationId}::uuid and version > pushed_version
                and changed_at < now() - make_interval(secs => ${grace}))
        or exists (
             select from logto_memberships
              where organization_id = ${organizationId}::uuid and version > pushed_version
                and changed_at < now() - make_interval(secs => ${grace})) as "isBehind"`;
  return !state?.isBehind;
}
