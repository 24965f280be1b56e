import type { TenantDatabase } from "../database/database.ts";
import { listSuccessors, type Successor } from "../memberships/ownership.ts";
import type { Role } from "../access/roles.ts";

/** One of a person's organizations, and what becomes of it when they delete their account. */
export type Leaving = {
  organizationId: string;
  name: string;
  role: Role;
  /**
   * - `left`: it goes on without them
   * - `purged`: it was deleted before, and nobody else could restore it
   * - `chosen`: only they own it, so they choose
   */
  fate: "left" | "purged" | "chosen";
  /** To whom it could be handed over, where they choose. */
  successors: readonly Successor[];
};

/** Lists what deleting an account means for each of the person's organizations, by name. */
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
    const left: Leaving = { organizationId, name, role, fate: "left", successors: [] };
    if (role !== "owner" || suspendedAt) {
      leavings.push(left);
      continue;
    }
    const successors = await listSuccessors(database, { organizationId, ownerId: userId });
    // Owners come first.
    if (successors[0]?.role === "owner") leavings.push(left);
    else if (deletedAt) leavings.push({ ...left, fate: "purged" });
    else leavings.push({ ...left, fate: "chosen", successors });
  }
  return leavings;
}
