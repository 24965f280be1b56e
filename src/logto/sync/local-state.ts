import type { Role } from "../../access/roles.ts";
import type { Database, Transaction } from "../../database/database.ts";

/** An organization here, and what has not been sent to Logto or compared with it yet. */
export type LocalOrganization = {
  /** Null: it is purged, and only the organization at Logto is left. */
  name: string | null;
  isDeleted: boolean;
  logtoId: string | null;
  version: bigint;
  pushedVersion: bigint;
  hints: bigint;
  hintsSeen: bigint;
  /** How many memberships are open. */
  openMemberships: number;
};

/** A present or former member. */
export type LocalPerson = {
  userId: string;
  subject: string;
  /** For operators; null: not known. */
  name: string | null;
  isMachine: boolean;
  /** False: the account is deleted. */
  hasAccount: boolean;
  /** Null: not a member. */
  role: Role | null;
  isSuspended: boolean;
  /** Deleted at Logto, but still the only owner here: an organization must have one (forgetAccount). */
  isKept: boolean;
  version: bigint;
  pushedVersion: bigint;
  hints: bigint;
  /** Whether Logto added them because they signed in, as far as we can tell: just-in-time provisioning. */
  bySignIn: boolean;
};

/** @returns our organization that is linked to one at Logto; null if none is */
export async function findLinkedOrganization(
  { unscoped }: Pick<Database, "unscoped">,
  logtoId: string,
): Promise<string | null> {
  const [row] = await unscoped.$queryRaw<{ organizationId: string | null }[]>`
    select find_organization_of_twin(${logtoId}) as "organizationId"`;
  return row?.organizationId ?? null;
}

/**
 * Locks the sync state of an organization and its memberships, for a change of several rows. Every such change locks the
 * organization's row first, so that two of them never deadlock (docs/database.md).
 */
export async function lockNotes(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`
    select from logto_organizations where organization_id = ${organizationId}::uuid for no key update`;
}

/** @returns null if nothing is left of it, here or at Logto */
export async function readLocalOrganization(
  tx: Transaction,
  organizationId: string,
): Promise<LocalOrganization | null> {
  const [organization] = await tx.$queryRaw<LocalOrganization[]>`
    select o.name, o.deleted_at is not null as "isDeleted", l.logto_id as "logtoId", l.version,
           l.pushed_version as "pushedVersion", l.hints, l.hints_seen as "hintsSeen",
           (select count(*)::integer from logto_memberships m
             where m.organization_id = l.organization_id
               and (m.version > m.pushed_version or m.hints > m.hints_seen)) as "openMemberships"
      from logto_organizations l left join organizations o on o.id = l.organization_id
     where l.organization_id = ${organizationId}::uuid`;
  return organization ?? null;
}

/** Lists present and former members with an account at this Logto: `all`, or those with an open change or hint. */
export function listLocalPeople(
  tx: Transaction,
  { organizationId, issuer, all }: { organizationId: string; issuer: string; all: boolean },
): Promise<LocalPerson[]> {
  return tx.$queryRaw<LocalPerson[]>`
    select l.user_id as "userId", u.subject, coalesce(u.name, u.username, u.proven_email, u.email || ' (not verified)') as name, u.is_machine as "isMachine", u.deleted_at is null as "hasAccount",
           m.role, m.suspended_at is not null as "isSuspended",
           coalesce(m.role = 'owner' and u.suspended_at is not null and m.forgotten_at is not null
             and not exists (select from memberships o
                              where o.organization_id = l.organization_id and o.user_id <> l.user_id
                                and o.role = 'owner' and o.suspended_at is null), false) as "isKept",
           l.version, l.pushed_version as "pushedVersion", l.hints, coalesce(l.by_sign_in, false) as "bySignIn"
      from logto_memberships l
      join users u on u.id = l.user_id
      left join memberships m on m.organization_id = l.organization_id and m.user_id = l.user_id
     where l.organization_id = ${organizationId}::uuid and u.issuer = ${issuer}
       and (${all} or l.version > l.pushed_version or l.hints > l.hints_seen)
     order by l.user_id`;
}

/** A membership that is equal on both sides now. */
export type Settled = Pick<LocalPerson, "userId" | "version" | "hints"> & {
  /** Whether we watch for a role that Logto gives without a webhook: from now on, still, or no longer. */
  watching: "begins" | "goes on" | "ends";
};

/** Notes what has been sent to Logto and compared with it. Newer changes stay open. */
export async function settleMemberships(
  tx: Transaction,
  organizationId: string,
  people: readonly Settled[],
): Promise<void> {
  if (people.length === 0) return;
  const seen = people.map(({ userId, version, hints, watching }) => ({
    user_id: userId,
    version: version.toString(),
    hints: hints.toString(),
    watching,
  }));
  await tx.$executeRaw`
    update logto_memberships l
       set pushed_version = greatest(l.pushed_version, s.version), hints_seen = greatest(l.hints_seen, s.hints),
           by_sign_in = case when l.hints > s.hints then l.by_sign_in end,
           watched_since = case s.watching when 'begins' then coalesce(l.watched_since, now())
                                           when 'goes on' then l.watched_since end
      from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb)
             as s (user_id uuid, version bigint, hints bigint, watching text)
     where l.organization_id = ${organizationId}::uuid and l.user_id = s.user_id`;
}

/**
 * Notes that this transaction's change came from Logto, so that it is not sent back: it may have changed again there.
 *
 * @param person.version the version before the change; if there was another change as well, both stay open
 */
export async function settleFollowed(
  tx: Transaction,
  organizationId: string,
  { userId, version }: Pick<LocalPerson, "userId" | "version">,
): Promise<void> {
  await tx.$executeRaw`
    update logto_memberships set pushed_version = version
     where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and version = ${version + 1n}`;
}

/** Does the same for a new name. */
export async function settleFollowedName(
  tx: Transaction,
  organizationId: string,
  version: bigint,
): Promise<void> {
  await tx.$executeRaw`
    update logto_organizations set pushed_version = version
     where organization_id = ${organizationId}::uuid and version = ${version + 1n}`;
}

/** Closes what is open about users of another issuer: this Logto does not have them. */
export async function settleOtherIssuers(
  tx: Transaction,
  { organizationId, issuer }: { organizationId: string; issuer: string },
): Promise<void> {
  await lockNotes(tx, organizationId);
  await tx.$executeRaw`
    update logto_memberships l set pushed_version = l.version, hints_seen = l.hints
      from users u
     where l.organization_id = ${organizationId}::uuid and u.id = l.user_id and u.issuer <> ${issuer}
       and (l.version > l.pushed_version or l.hints > l.hints_seen)`;
}

export async function settleOrganization(
  tx: Transaction,
  organizationId: string,
  { version, hints }: Pick<LocalOrganization, "version" | "hints">,
): Promise<void> {
  await tx.$executeRaw`
    update logto_organizations
       set pushed_version = greatest(pushed_version, ${version}), hints_seen = greatest(hints_seen, ${hints})
     where organization_id = ${organizationId}::uuid`;
}

/** Seconds that a change may take to reach Logto before a page says so. Most arrive at once. */
const grace = 10;

const waits = `organization_id = current_organization_id() and version > pushed_version
                and changed_at < now() - interval '${grace} seconds'`;

/** An SQL condition: Logto does not know every change of the current organization. */
export const isBehind = `
  (exists (select from logto_organizations where ${waits})
   or exists (select from logto_memberships where ${waits}))`;
