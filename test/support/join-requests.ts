import type { JoinOrigin } from "../../src/tenancy/join-origin.ts";
import type { Organization, Person, RunningApplication } from "./application.ts";

/** A join origin that is valid for every id but `gone`. */
export const openOrigin: JoinOrigin = {
  name: "test",
  describe: async (_tx, { originId }) => (originId === "gone" ? null : `came by ${originId}`),
  grant: async (_tx, { role, originId }) => (originId === "gone" ? null : { role }),
};

/** Inserts a pending request to join. @returns its id */
export async function askToJoin(
  { query }: Pick<RunningApplication, "query">,
  { id: organizationId }: Pick<Organization, "id">,
  { id: userId }: Pick<Person, "id">,
  originId = "an invitation",
): Promise<string> {
  const [request] = await query<{ id: string }>(
    `insert into join_requests (organization_id, id, user_id, role, origin, origin_id)
     values ($1, uuidv7(), $2, 'member', $3, $4)
     on conflict (organization_id, user_id) where status = 'pending' do update set role = excluded.role
     returning id`,
    [organizationId, userId, openOrigin.name, originId],
  );
  return request?.id ?? "";
}
