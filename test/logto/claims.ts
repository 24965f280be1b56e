import type { Database } from "../../src/database/database.ts";
import { followClaims } from "../../src/logto/sync/follow-claims.ts";
import type { Role } from "../../src/access/roles.ts";

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
