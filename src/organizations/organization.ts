import slugify from "@sindresorhus/slugify";
import { v7 as createId } from "uuid";

import type { TenantDatabase, Transaction } from "../database/database.ts";
import { violatesUnique } from "../database/faults.ts";
import { createRandomToken } from "../http/token.ts";
import type { OrganizationWithRole } from "../memberships/membership.ts";

/**
 * Creates an organization, with its creator as the owner.
 *
 * @param input.name validated; need not be unique
 * @returns its id, and its slug: made of the name, and made unique where it is taken
 */
export async function createOrganization(
  database: TenantDatabase,
  { name, userId }: { name: string; userId: string },
): Promise<{ id: string; slug: string }> {
  const base = slugify(name).slice(0, 40).replace(/-+$/, "") || "organization";
  for (let attempt = 0; ; attempt += 1) {
    const slug = attempt === 0 ? base : `${base}-${randomSuffix()}`;
    const id = createId();
    try {
      await database.forOrganization(id, async (tx) => {
        await tx.organization.create({ data: { id, name, slug }, select: { id: true } });
        await tx.membership.create({ data: { organizationId: id, userId, role: "owner" } });
      });
      return { id, slug };
    } catch (error) {
      if (!violatesUnique(error) || attempt >= 5) throw error;
    }
  }
}

/** Lists a person's organizations by name, with their role in each; call it inside `forUser`. */
export async function listOrganizations(
  tx: Transaction,
  userId: string,
): Promise<OrganizationWithRole[]> {
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { role: true, organization: { select: { name: true, slug: true } } },
    orderBy: [{ organization: { name: "asc" } }, { organizationId: "asc" }],
  });
  return memberships.map(({ role, organization }) => ({ ...organization, role }));
}

/** What an organization's home tells; call it inside `forOrganization`. */
export async function readOrganizationHome(
  tx: Transaction,
  organizationId: string,
): Promise<{ createdAt: Date; memberCount: number }> {
  const { createdAt, _count } = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { createdAt: true, _count: { select: { memberships: true } } },
  });
  return { createdAt, memberCount: _count.memberships };
}

function randomSuffix(): string {
  return createRandomToken()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 6);
}
