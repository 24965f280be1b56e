import type { Database } from "../../src/database/database.ts";
import { followClaims } from "../../src/logto/sync/follow-claims.ts";
import type { Role } from "../../src/access/roles.ts";
import type { RunningApplication } from "../support/application.ts";

/**
 * Follows an ID token up, which may be one that was made some time ago.
 *
 * @param claimed by organization at Logto; null: a member without any of our roles
 */
export async function followClaimsOf(
  database: Database,
  { id }: { id: string },
  claimed: Record<string, Role | null>,
): Promise<void> {
  const organizationRoles = Object.entries(claimed).flatMap(([organizationId, role]) =>
    role === null ? [] : [{ organizationId, role }],
  );
  const claims = { organizations: Object.keys(claimed), organizationRoles };
  const origin = { id: "request", ip: "192.0.2.1", userAgent: "test" };
  // It reads only these fields of a person.
  const told = claims as unknown as Parameters<ReturnType<typeof followClaims>>[2];
  await followClaims(database)({ id }, origin, told);
}

/**
 * Creates organizations in one statement, by the slugs `prefix-1`, `prefix-2`, and so on.
 *
 * @param isLinked each then has its slug as its id at Logto, which knows everything about it
 */
export async function insertMany(
  { query }: Pick<RunningApplication, "query">,
  owner: { id: string },
  { prefix, count, isLinked }: { prefix: string; count: number; isLinked: boolean },
): Promise<void> {
  await query(
    `with made as (
       insert into organizations (id, name, slug)
       select gen_random_uuid(), 'One of many', $3 || '-' || n from generate_series(1, $2) n returning id)
     insert into memberships (organization_id, user_id, role) select id, $1, 'owner' from made`,
    [owner.id, count, prefix],
  );
  if (!isLinked) return;
  await query(
    `update logto_organizations l set logto_id = o.slug, pushed_version = version
       from organizations o where o.id = l.organization_id and starts_with(o.slug, $1)`,
    [prefix],
  );
  await query("update logto_memberships set pushed_version = version where user_id = $1", [
    owner.id,
  ]);
}
