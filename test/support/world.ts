import type { Role } from "../../src/access/roles.ts";
import type { RunningApplication } from "./application.ts";

type Named = { id: string };
type Queries = Pick<RunningApplication, "query">;

/** The members of an organization with their roles, by the ids of the users. */
export async function readMembers({ query }: Queries, { id }: Named): Promise<Map<string, Role>> {
  const rows = await query<{ userId: string; role: Role }>(
    `select user_id as "userId", role from memberships where organization_id = $1`,
    [id],
  );
  return new Map(rows.map(({ userId, role }) => [userId, role]));
}

/** The role of a person in an organization, suspended or not; null if they are no member. */
export const readRole = async (
  application: Queries,
  organization: Named,
  { id }: Named,
): Promise<Role | null> => (await readMembers(application, organization)).get(id) ?? null;

/** @public Suspends a person in every organization. */
export const suspend = ({ query }: Queries, { id }: Named) =>
  query("update memberships set suspended_at = now() where user_id = $1", [id]);

/** @public Marks an organization as deleted. */
export const markDeleted = ({ query }: Queries, { id }: Named) =>
  query("update organizations set deleted_at = now() where id = $1", [id]);

export const limitSeats = ({ query }: Queries, { id }: Named, seats: number | null) =>
  query("update organizations set seat_limit = $2 where id = $1", [id, seats]);

/** A line of the audit log, without what differs from run to run. */
export type LoggedEvent = {
  action: string;
  actorId: string | null;
  targetId: string | null;
  details: Record<string, unknown> | null;
};

/**
 * The audit log of an organization, the oldest event first, without its creation.
 *
 * @param action how the names of the actions begin; all of them unless given
 */
export const readEvents = ({ query }: Queries, { id }: Named, action = "") =>
  query<LoggedEvent>(
    `select action, actor_id as "actorId", target_id as "targetId", details from audit_events
      where organization_id = $1 and action <> 'organization.created' and starts_with(action, $2) order by id`,
    [id, action],
  );
