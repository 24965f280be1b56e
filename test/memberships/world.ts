import type { Role } from "../../src/memberships/roles.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";

export type Colleague = { person: Person; agent: Agent };

/** An organization with one person of each role, and an outsider who owns another one. */
export async function assemble(application: RunningApplication) {
  const owner = await arrive(application);
  const organization = await application.createOrganization(owner.person);
  const join = async (role: Role): Promise<Colleague> => {
    const colleague = await arrive(application);
    await application.addMember(organization, colleague.person, role);
    return colleague;
  };
  const outsider = await arrive(application);
  const foreign = await application.createOrganization(outsider.person);
  const [admin, member, viewer] = [await join("admin"), await join("member"), await join("viewer")];
  return {
    organization,
    path: `/o/${organization.slug}`,
    api: `/api/v1/organizations/${organization.slug}`,
    people: { owner, admin, member, viewer } satisfies Record<Role, Colleague>,
    join,
    outsider,
    foreign,
  };
}

export type World = Awaited<ReturnType<typeof assemble>>;

/** Somebody new, signed in. */
export async function arrive(application: RunningApplication, name?: string): Promise<Colleague> {
  const person = await application.createPerson(name);
  return { person, agent: await application.signInAs(person) };
}

/** Everything that a change of members may touch. */
export async function readState(application: RunningApplication, { id }: Organization) {
  const members = await application.query<{ userId: string; role: Role; isSuspended: boolean }>(
    `select user_id as "userId", role, suspended_at is not null as "isSuspended"
       from memberships where organization_id = $1 order by user_id`,
    [id],
  );
  const events = await application.query<{
    action: string;
    actorId: string;
    targetId: string;
    details: object;
  }>(
    `select action, actor_id as "actorId", target_id as "targetId", details from audit_events
      where organization_id = $1 and action like 'member.%' order by id`,
    [id],
  );
  return { members, events };
}

/** What somebody is in an organization: their role, "suspended", or null for no member. */
export async function readStanding(
  application: RunningApplication,
  organization: Organization,
  { person }: Colleague,
): Promise<Role | "suspended" | null> {
  const { members } = await readState(application, organization);
  const membership = members.find(({ userId }) => userId === person.id);
  return membership ? (membership.isSuspended ? "suspended" : membership.role) : null;
}

/** What an answer says, but for the id of its request. */
export const withoutId = ({ text, headers }: { text: string; headers: Record<string, string> }) =>
  text.replace(headers["x-request-id"] ?? "-", "");
