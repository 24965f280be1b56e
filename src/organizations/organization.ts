import slugify from "@sindresorhus/slugify";
import { v7 as createId } from "uuid";

import { recordEvent } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { violatesUnique } from "../database/faults.ts";
import { httpError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
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
  isSuspended: boolean;
  deletedAt: Date | null;
};

/**
 * Lists a person's organizations by name, with their role in each. Of deleted organizations it lists those that they can
 * restore. Call it inside `forUser`.
 */
export async function listOrganizations(
  tx: Transaction,
  userId: string,
): Promise<ListedOrganization[]> {
  const memberships = await tx.membership.findMany({
    where: {
      userId,
      OR: [{ organization: { deletedAt: null } }, { role: "owner", suspendedAt: null }],
    },
    select: {
      role: true,
      suspendedAt: true,
      organization: { select: { id: true, name: true, slug: true, deletedAt: true } },
    },
    orderBy: [{ organization: { name: "asc" } }, { organizationId: "asc" }],
  });
  return memberships.map(({ role, suspendedAt, organization }) => ({
    ...organization,
    role,
    isSuspended: suspendedAt !== null,
  }));
}

/**
 * Reads the facts on an organization's home page; call it inside `forOrganization`.
 *
 * @throws request.not_found if it was purged after the request was authorized
 */
export async function readOrganizationHome(
  tx: Transaction,
  organizationId: string,
): Promise<{ createdAt: Date; memberCount: number }> {
  const organization = await tx.organization.findUnique({
    where: { id: organizationId },
    select: { createdAt: true, _count: { select: { memberships: true } } },
  });
  if (!organization) throw httpError("request.not_found");
  const { createdAt, _count } = organization;
  return { createdAt, memberCount: _count.memberships };
}

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
