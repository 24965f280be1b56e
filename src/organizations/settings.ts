import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { violatesUnique } from "../database/faults.ts";
import { type ChangingMember, changeMembershipAs } from "../tenancy/change-as.ts";
import { countUse } from "../limits/limit-counters.ts";
import { organizationError } from "./errors.ts";
import { addressChanges, addressChangesOfOne, reservedAddresses } from "./limits.ts";
import { claimSlug } from "./organization.ts";

/**
 * Changes the name of an organization, its address, or both; a value that is left out does not change.
 *
 * @throws organization.too_many_addresses; organization.address_taken when the address is another organization's, or was in the last 90 days;
 *   request.too_many; what {@link changeMembershipAs} throws
 */
export async function changeSettings(
  database: TenantDatabase,
  actor: ChangingMember,
  wish: { name?: string | undefined; slug?: string | undefined },
): Promise<{ slug: string; isMoved: boolean }> {
  const { id } = actor.organization;
  try {
    // One after the other, so that each change finds the address that the one before it left.
    return await changeMembershipAs(database, actor, "organization:update", async (tx) => {
      const present = await tx.organization.findUniqueOrThrow({
        where: { id },
        select: { name: true, slug: true },
      });
      const { name = present.name, slug = present.slug } = wish;
      const isMoved = slug !== present.slug;
      const events: AuditEntry[] = [];
      if (name !== present.name) events.push(describe("renamed", id, present.name, name));
      if (isMoved) events.push(describe("address_changed", id, present.slug, slug));
      if (events.length > 0) await tx.organization.update({ where: { id }, data: { name, slug } });
      // After the update, as in createOrganization(): with one order, two who want the same address cannot deadlock.
      if (isMoved) {
        await move(tx, { organizationId: id, from: present.slug, to: slug });
        await countUse(tx, addressChangesOfOne, { subject: id });
        await countUse(tx, addressChanges, { subject: actor.user.id });
      }
      return { value: { slug, isMoved }, event: events };
    });
  } catch (error) {
    if (violatesUnique(error)) throw organizationError("organization.address_taken");
    throw error;
  }
}

/** For 90 days, the former address redirects to the present one, and no other organization can take it. */
async function move(
  tx: Transaction,
  { organizationId, from, to }: { organizationId: string; from: string; to: string },
): Promise<void> {
  await claimSlug(tx, { organizationId, slug: to });
  await tx.$executeRaw`
    update organization_slugs set retired_at = now()
     where organization_id = ${organizationId}::uuid and slug = ${from}`;
  const [reserved] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::integer as count from organization_slugs
     where organization_id = ${organizationId}::uuid
       and (retired_at is null or retired_at > now() - interval '90 days')`;
  if ((reserved?.count ?? 0) > reservedAddresses.most) {
    throw organizationError("organization.too_many_addresses");
  }
}

function describe(
  what: "renamed" | "address_changed",
  id: string,
  from: string,
  to: string,
): AuditEntry {
  const target = { type: "organization", id };
  return { action: `organization.${what}`, target, details: { from, to } };
}
