import type { Transaction } from "../../database/database.ts";
import type { Role } from "../../access/roles.ts";

/** An organization as it is here, and what is open about it. */
export type LocalOrganization = {
  /** Null: it was removed for good, and only its twin is left. */
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

/** Somebody who belongs to it, or did. */
export type LocalPerson = {
  userId: string;
  subject: string;
  /** For operators; null: nobody has said. */
  name: string | null;
  isMachine: boolean;
  hasAccount: boolean;
  role: Role | null;
  isSuspended: boolean;
  /** Gone at Logto, and still the only owner, since an organization has one (forgetAccount). */
  isKept: boolean;
  version: bigint;
  pushedVersion: bigint;
  hints: bigint;
  /** Whether Logto added them because they signed in, as far as anything tells: just-in-time provisioning. */
  bySignIn: boolean;
};

/**
 * Locks what is noted of an organization and its memberships, for a change of several rows: all that changes them locks
 * the organization's row first, so they never wait for each other in a circle (docs/database.md).
 */
export async function lockNotes(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`
    select from logto_organizations where organization_id = ${organizationId}::uuid for no key update`;
}

/** @returns null where nothing is left of it, its twin included */
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

/**
 * Lists people of this Logto: everybody who belongs to the organization or ever did, or those of them about whom
 * something is open.
 */
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

/** Somebody of whom both sides are equal now. */
export type Settled = Pick<LocalPerson, "userId" | "version" | "hints"> & {
  /** Whether nothing may tell of their next role at Logto: from now on, as far as they are watched already, or no more. */
  watching: "begins" | "goes on" | "ends";
};

/** Notes what Logto has been told and asked of; what has changed meanwhile stays open. */
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
 * Notes that a change of this transaction came from Logto, so that nobody tells Logto of it: there it may be another one
 * already.
 *
 * @param version before the change; where there was another change as well, all stays open
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

/** As {@link settleFollowed}, of a new name. */
export async function settleFollowedName(
  tx: Transaction,
  organizationId: string,
  version: bigint,
): Promise<void> {
  await tx.$executeRaw`
    update logto_organizations set pushed_version = version
     where organization_id = ${organizationId}::uuid and version = ${version + 1n}`;
}

/** Those of another issuer can never be told: there is nothing open about them. */
export async function settleStrangers(
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
