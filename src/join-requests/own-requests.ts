import type { TenantDatabase } from "../database/database.ts";
import { seeOther } from "../http/reply.ts";
import { describeJoinOptions, type FindJoinOptions } from "../tenancy/join-options.ts";
import { accountFormAction } from "../tenancy/page-token.ts";

/** How many requests a list shows. */
const most = 20;

/** Finds the pending requests to join of a person, for their list of organizations. */
export function findOwnRequests(database: TenantDatabase): FindJoinOptions {
  return async (actor) => {
    const requests = await database.forUser(
      actor.user.id,
      (tx) => tx.$queryRaw<{ id: string; organizationId: string }[]>`
        select r.id, r.organization_id as "organizationId" from join_requests r
         where r.user_id = ${actor.user.id}::uuid and r.status = 'pending'
           and not exists (select from memberships m
                            where m.organization_id = r.organization_id and m.user_id = r.user_id)
         order by r.id limit ${most}`,
    );
    return describeJoinOptions(database, requests, (_tx, { id, organizationId }) => {
      const path = `/organizations/${organizationId}/join-requests/${id}/withdrawal`;
      const action = accountFormAction(actor, path);
      return Promise.resolve({
        text: "You asked to join. An admin will decide.",
        actions: [{ label: "Cancel request", action, tone: "plain" }],
      });
    });
  };
}

/** Leads a person who has just asked to join to that list. */
export const leadToOwnRequests = () =>
  seeOther("/organizations", {
    notice: "You asked to join. An admin will decide.",
  });
