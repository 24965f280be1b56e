import type { Role } from "../../access/roles.ts";
import {
  listLocalPeople,
  type LocalOrganization,
  type LocalPerson,
  lockNotes,
} from "./local-state.ts";
import type { SyncContext } from "./context.ts";
import { pullUser } from "./pull-user.ts";
import {
  listMembersAtLogto,
  type MemberAtLogto,
  noMembership,
  type MembershipAtLogto,
  readMemberAtLogto,
  type Subject,
} from "../client/members.ts";
import { readOrganizationAtLogto, type OrganizationAtLogto } from "../client/organizations.ts";

/** For more people than that, reading the whole list takes fewer requests. */
const askedOneByOne = 50;

/** A membership here. */
export type MembershipHere = Pick<LocalPerson, "role" | "isSuspended" | "hasAccount" | "isKept"> & {
  /** Whether a change made here has not been sent to Logto yet. */
  isPending: boolean;
};

/** The change that makes both sides equal. */
export type Difference =
  | { kind: "none" }
  /** Logto's membership has to get this role; null: it has to be removed. */
  | { kind: "outward"; role: Role | null; isReverted: boolean }
  /** Our membership has to get this role; null: it has to be removed. */
  | { kind: "inward"; role: Role | null };

/** The role here of a member who has none of our roles at Logto. We do not write it to Logto: a role may still follow. */
export const roleOfNoRole: Role = "viewer";

/**
 * Decides which side is right. A change made here that has not been sent to Logto goes first. Any other difference is a
 * change made at Logto, and counts, unless the member is suspended here or the account is deleted.
 * A viewer here and a member there without any of our roles are equal, unless that role was just chosen here.
 * Users deleted at Logto are skipped: there is nothing to compare.
 * At Logto, a deleted organization has no members, and a suspended member is removed: Logto has no suspension.
 */
export function compareMembership(
  here: MembershipHere,
  atLogto: MembershipAtLogto,
  { isDeleted }: { isDeleted: boolean },
): Difference {
  const wanted = isDeleted || here.isSuspended ? null : here.role;
  if (here.isKept) return { kind: "none" };
  const assumed = here.isPending ? null : roleOfNoRole;
  const isEqual =
    wanted === null ? !atLogto.isMember : atLogto.isMember && (atLogto.role ?? assumed) === wanted;
  if (isEqual) return { kind: "none" };
  if (here.isPending || isDeleted) return { kind: "outward", role: wanted, isReverted: false };
  if (here.isSuspended || !here.hasAccount)
    return { kind: "outward", role: wanted, isReverted: true };
  return { kind: "inward", role: atLogto.isMember ? (atLogto.role ?? roleOfNoRole) : null };
}

/** Both sides of an organization, as read. */
export type Comparison = {
  here: LocalOrganization;
  atLogto: OrganizationAtLogto | null;
  /** Members at Logto who have no account here. */
  strangers: MemberAtLogto[];
  people: { person: LocalPerson; atLogto: MembershipAtLogto; difference: Difference }[];
  /** False if there was not enough time to compare everybody. */
  isComplete: boolean;
};

/**
 * Reads and compares both sides.
 *
 * @param options.all compares everybody, and not only people with an open change or hint
 * @param options.mirrorsNew gives members whom Logto added an account here; nothing else is changed
 * @param options.timeoutMs for asking Logto about single people; at least one is compared
 */
export async function compareOrganization(
  { database, logto, ...context }: SyncContext,
  organizationId: string,
  here: LocalOrganization & { logtoId: string },
  {
    all,
    mirrorsNew,
    timeoutMs = Infinity,
  }: { all: boolean; mirrorsNew: boolean; timeoutMs?: number },
): Promise<Comparison> {
  const { logtoId } = here;
  const readPeople = () =>
    database.forOrganization(organizationId, (tx) =>
      listLocalPeople(tx, { organizationId, issuer: logto.issuer, all }),
    );
  const whole =
    all || here.openMemberships > askedOneByOne
      ? await listMembersAtLogto(logto, logtoId)
      : undefined;
  const deadline = performance.now() + timeoutMs;
  let isComplete =
    !whole ||
    !mirrorsNew ||
    (await mirrorMembers({ database, logto, ...context }, organizationId, {
      members: [...whole.values()],
      deadline,
    }));
  const people: Comparison["people"] = [];
  for (const person of await readPeople()) {
    if (people.length > 0 && performance.now() > deadline) {
      isComplete = false;
      break;
    }
    const isPending = person.version > person.pushedVersion;
    // A list that changes while it is read page by page can leave a person out: ask again before removing them here. People
    // who need not be on it are not asked about: each run would begin with them again, and might have no time for others.
    const isAbsent =
      person.role === null ||
      person.isKept ||
      ((person.isSuspended || here.isDeleted) && !isPending);
    const atLogto =
      whole?.get(person.subject) ??
      (whole && isAbsent ? noMembership : await readMemberAtLogto(logto, logtoId, person));
    const difference = compareMembership({ ...person, isPending }, atLogto, here);
    people.push({ person, atLogto, difference });
  }
  // This comes last: for an organization that is gone, Logto answers that it has no members.
  const atLogto = await readOrganizationAtLogto(logto, logtoId);
  const known = new Set(people.map(({ person }) => person.subject));
  const strangers = [...(whole?.values() ?? [])].filter(({ subject }) => !known.has(subject));
  return { here, atLogto, people, strangers, isComplete };
}

/** Gives members whom Logto added an account here, and notes them. @returns whether there was time for all */
async function mirrorMembers(
  context: SyncContext,
  organizationId: string,
  { members, deadline }: { members: readonly Subject[]; deadline: number },
): Promise<boolean> {
  const { database, logto } = context;
  const subjects = members.map(({ subject }) => subject);
  const known = await database.forOrganization(
    organizationId,
    (tx) => tx.$queryRaw<{ subject: string; isNoted: boolean; id: string }[]>`
      select u.subject, u.id, l.user_id is not null as "isNoted"
        from users u
        left join logto_memberships l on l.user_id = u.id and l.organization_id = ${organizationId}::uuid
       where u.issuer = ${logto.issuer} and u.subject = any (${subjects})`,
  );
  const ids = new Map(known.map(({ subject, id, isNoted }) => [subject, isNoted ? null : id]));
  for (const member of members) {
    if (performance.now() > deadline) return false;
    const id = ids.has(member.subject)
      ? ids.get(member.subject)
      : await pullUser(context, member.subject, { isMachine: member.isMachine });
    if (!id) continue;
    await database.forOrganization(organizationId, async (tx) => {
      await lockNotes(tx, organizationId);
      await tx.$executeRaw`
        insert into logto_memberships (organization_id, user_id, version)
        values (${organizationId}::uuid, ${id}::uuid, 0) on conflict do nothing`;
    });
  }
  return true;
}
