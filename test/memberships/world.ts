import type { Role } from "../../src/access/roles.ts";
import type { Organization, RunningApplication } from "../support/application.ts";
import { assembleColleagues, type Colleague } from "../support/colleagues.ts";
import { readEvents } from "../support/world.ts";

/** {@link assembleColleagues}, with the addresses of their organization. */
export async function assemble(
  application: RunningApplication,
  proof?: { authenticationAge: number },
) {
  const colleagues = await assembleColleagues(application, { ...(proof && { proof }) });
  const { slug } = colleagues.organization;
  return { ...colleagues, path: `/o/${slug}`, api: `/api/v1/organizations/${slug}` };
}

export type World = Awaited<ReturnType<typeof assemble>>;

/** Everything that a change of members may change. */
export async function readState(application: RunningApplication, { id }: Organization) {
  const members = await application.query<{ userId: string; role: Role; isSuspended: boolean }>(
    `select user_id as "userId", role, suspended_at is not null as "isSuspended"
       from memberships where organization_id = $1 order by user_id`,
    [id],
  );
  return { members, events: await readEvents(application, { id }, "member.") };
}

/** A person's membership: their role, "suspended", or null. */
export async function readStanding(
  application: RunningApplication,
  organization: Organization,
  { person }: Colleague,
): Promise<Role | "suspended" | null> {
  const { members } = await readState(application, organization);
  const membership = members.find(({ userId }) => userId === person.id);
  return membership ? (membership.isSuspended ? "suspended" : membership.role) : null;
}
