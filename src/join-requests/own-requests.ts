import { accountFormAction } from "../tenancy/seen-as.ts";
import type { TenantDatabase } from "../database/database.ts";
import type { FindJoinOptions, JoinOption } from "../tenancy/join-options.ts";

/** How many of them a list shows. */
const most = 20;

/** What somebody asked to join and has no answer from, on their list of organizations. */
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
    const joinOptions: JoinOption[] = [];
    for (const { id, organizationId } of requests) {
      const organization = await database.forOrganization(organizationId, (tx) =>
        tx.organization.findFirst({
          where: { id: organizationId, deletedAt: null },
          select: { name: true },
        }),
      );
      if (!organization) continue;
      const path = `/organizations/${organizationId}/join-requests/${id}/withdrawal`;
      joinOptions.push({
        organizationName: organization.name,
        text: "You asked to join; an admin has to decide.",
        actions: [{ label: "Take it back", action: accountFormAction(actor, path), tone: "plain" }],
      });
    }
    return joinOptions;
  };
}
