import slugify from "@sindresorhus/slugify";
import { v7 as createId } from "uuid";

import { recordEvent } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { violatesUnique } from "../database/faults.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { Read } from "../http/route.ts";
import { createRandomToken } from "../http/token.ts";
import type { Role } from "../access/roles.ts";
import { organizationError } from "./errors.ts";
import { ownedOrganizations } from "./limits.ts";
import { longestSlug } from "./schema.ts";

/**
 * Creates an organization, with its creator as the owner.
 *
 * @param input.name validated; need not be unique
 * @param request null: no request caused it
 * @param logtoId its id at Logto, if the organization was created there
 * @returns its id, and its slug: made from the name, with a suffix if that is taken
 */
export async function createOrganization(
  database: TenantDatabase,
  { name, userId }: { name: string; userId: string },
  request: RequestOrigin | null,
  logtoId: string | null = null,
): Promise<{ id: string; slug: string }> {
  for (let attempt = 0; ; attempt += 1) {
    const slug = attempt === 0 ? makeSlug(name) : makeSlug(name, `-${randomSuffix()}`);
    const id = createId();
    try {
      await database.forOrganization(id, async (tx) => {
        await tx.organization.create({ data: { id, name, slug }, select: { id: true } });
        await claimSlug(tx, { organizationId: id, slug });
        if (logtoId !== null) {
          // If two transactions import it at once, one of them fails here.
          await tx.logtoOrganization.update({ where: { organizationId: id }, data: { logtoId } });
        }
        await tx.membership.create({ data: { organizationId: id, userId, role: "owner" } });
        if (logtoId !== null) {
          // Logto has all of this already: a push could overwrite later changes there.
          await tx.$executeRaw`
            update logto_organizations set pushed_version = version where organization_id = ${id}::uuid`;
          await tx.$executeRaw`
            update logto_memberships set pushed_version = version, watched_since = now()
             where organization_id = ${id}::uuid`;
        }
        await recordEvent(tx, {
          organizationId: id,
          actorId: logtoId === null ? userId : null,
          request,
          action: "organization.created",
          target: { type: "organization", id },
          details: { name, slug },
        });
      });
      return { id, slug };
    } catch (error) {
      if (!violatesUnique(error) || attempt >= 5) throw error;
    }
  }
}

/** @throws organization.too_many if the person owns as many organizations as one person can */
export async function requireRoomFor(tx: Transaction, userId: string): Promise<void> {
  const owned = await tx.membership.count({ where: { userId, role: "owner" } });
  if (owned >= ownedOrganizations.most) throw organizationError("organization.too_many");
}

/**
 * Reserves an address for an organization; call it inside the organization's scope.
 *
 * @throws Prisma's P2002 if it is another organization's, or was in the last 90 days
 */
export async function claimSlug(
  tx: Transaction,
  { organizationId, slug }: { organizationId: string; slug: string },
): Promise<void> {
  await tx.$executeRaw`select release_slug(${slug})`;
  const returned = await tx.organizationSlug.updateMany({
    where: { organizationId, slug },
    data: { retiredAt: null },
  });
  if (returned.count > 0) return;
  // Not upsert(): it reports success if the address is another organization's.
  await tx.organizationSlug.create({
    data: { organizationId, slug },
    select: { organizationId: true },
  });
}

/** An organization in a person's list. */
export type ListedOrganization = {
  id: string;
  name: string;
  slug: string;
  role: Role;
  picture: string | null;
  isSuspended: boolean;
  deletedAt: Date | null;
};

/**
 * Reads the present person's organizations by name, with their role in each. Of deleted organizations it reads those that they
 * can restore.
 */
export const readOrganizations = (): Read<ListedOrganization> => ({
  name: "list-organizations",
  text: `
    select o.id, o.name, o.slug, o.picture_path as picture, o.deleted_at as "deletedAt", m.role,
           m.suspended_at is not null as "isSuspended"
      from memberships m join organizations o on o.id = m.organization_id
     where m.user_id = current_user_id()
       and (o.deleted_at is null or (m.role = 'owner' and m.suspended_at is null))
     order by o.name, o.id`,
  values: [],
});

/** Follows the rules of schema.ts for addresses that people choose. */
function makeSlug(name: string, suffix = ""): string {
  const base = slugify(name)
    .slice(0, longestSlug - suffix.length)
    .replace(/-+$/, "");
  return (base.length < 2 ? "organization" : base) + suffix;
}

function randomSuffix(): string {
  return createRandomToken()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 6);
}
