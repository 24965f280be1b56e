import type { JobContext } from "../../jobs/job.ts";
import { compareMembership, type Difference } from "./compare.ts";
import {
  listLocalPeople,
  type LocalOrganization,
  type LocalPerson,
  lockNotes,
} from "./local-state.ts";
import type { ManagementApi } from "../client/management-api.ts";
import { pullUser } from "./pull-user.ts";
import {
  listMembersAtLogto,
  type MemberAtLogto,
  nobody,
  type MembershipAtLogto,
  readMemberAtLogto,
  readTwin,
  type Subject,
  type Twin,
} from "../client/organizations.ts";

/** With more people than that to ask about, the whole list is asked for: fewer requests. */
const askedOneByOne = 50;

export type SyncContext = Pick<JobContext, "database" | "baseUrl" | "logger"> & {
  logto: ManagementApi;
};

/** Both sides of an organization, as they were read. */
export type Comparison = {
  here: LocalOrganization;
  twin: Twin | null;
  /** Members at Logto whom nobody knows here. */
  strangers: MemberAtLogto[];
  people: { person: LocalPerson; atLogto: MembershipAtLogto; difference: Difference }[];
  /** False: the time was not enough to look at everybody. */
  isComplete: boolean;
};

/**
 * Reads both sides: all of them, or only what is open here.
 *
 * @param options.acquaints whether people whom Logto added get to be known here; nothing else is changed
 * @param options.patience milliseconds for asking Logto about single people; at least one of them is looked at
 */
export async function compareOrganization(
  { database, logto, ...context }: SyncContext,
  organizationId: string,
  here: LocalOrganization & { logtoId: string },
  { all, acquaints, patience = Infinity }: { all: boolean; acquaints: boolean; patience?: number },
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
  const deadline = performance.now() + patience;
  let isComplete =
    !whole ||
    !acquaints ||
    (await acquaint({ database, logto, ...context }, organizationId, {
      members: [...whole.values()],
      deadline,
    }));
  const people: Comparison["people"] = [];
  for (const person of await readPeople()) {
    if (people.length > 0 && performance.now() > deadline) {
      isComplete = false;
      break;
    }
    // A list that changes while it is read page by page can leave somebody out: before they are removed, once more.
    const isFormer = whole !== undefined && person.role === null;
    const atLogto =
      whole?.get(person.subject) ??
      (isFormer ? nobody : await readMemberAtLogto(logto, logtoId, person));
    const isPending = person.version > person.pushedVersion;
    const difference = compareMembership({ ...person, isPending }, atLogto, here);
    people.push({ person, atLogto, difference });
  }
  // Last: of an organization that is gone Logto says that nobody belongs to it.
  const twin = await readTwin(logto, logtoId);
  const known = new Set(people.map(({ person }) => person.subject));
  const strangers = [...(whole?.values() ?? [])].filter(({ subject }) => !known.has(subject));
  return { here, twin, people, strangers, isComplete };
}

/** People whom Logto added, and whom nobody has seen here. @returns whether the time was enough for all of them */
async function acquaint(
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
