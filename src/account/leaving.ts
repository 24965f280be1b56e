import type { TenantDatabase } from "../database/database.ts";
import { listSuccessors, type Successor } from "../memberships/ownership.ts";
import type { Role } from "../access/roles.ts";

/** One of a person's organizations, and what the deletion of their account does to it. */
export type Leaving = {
  organizationId: string;
  name: string;
  role: Role;
  /**
   * - `left`: it goes on without them
   * - `purged`: they deleted it before, and nobody else could restore it
   * - `chosen`: only they own it, so they choose
   */
  effect: "left" | "purged" | "chosen";
  /** The members who could own it instead, where they choose. */
  successors: readonly Successor[];
};

/** Lists the person's organizations by name, with what the deletion of their account does to each. */
export async function listLeavings(database: TenantDatabase, userId: string): Promise<Leaving[]> {
  const memberships = await database.forUser(userId, (tx) =>
    tx.membership.findMany({
      where: { userId },
      select: {
        organizationId: true,
        role: true,
        suspendedAt: true,
        organization: { select: { name: true, deletedAt: true } },
      },
      orderBy: [{ organization: { name: "asc" } }, { organizationId: "asc" }],
    }),
  );
  const leavings: Leaving[] = [];
  for (const { organizationId, role, suspendedAt, organization } of memberships) {
    const { name, deletedAt } = organization;
    const left: Leaving = { organizationId, name, role, effect: "left", successors: [] };
    if (role !== "owner" || suspendedAt) {
      leavings.push(left);
      continue;
    }
    const successors = await listSuccessors(database, { organizationId, ownerId: userId });
    // Owners come first.
    if (successors[0]?.role === "owner") leavings.push(left);
    else if (deletedAt) leavings.push({ ...left, effect: "purged" });
    else leavings.push({ ...left, effect: "chosen", successors });
  }
  return leavings;
}
