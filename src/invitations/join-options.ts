import type { TenantDatabase } from "../database/database.ts";
import { AppError, httpError } from "../http/errors.ts";
import { describeJoinOptions, type FindJoinOptions } from "../tenancy/join-options.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { roleWithArticle } from "../views/role-badge.tsx";
import { readReceivedInvitation } from "./acceptance.ts";
import { type InvitationKey, nameInviter } from "./invitation.ts";

/** Finds the invitations to a person's verified addresses and to their Hugging Face name. */
export function findInvitationJoinOptions(database: TenantDatabase): FindJoinOptions {
  return async (actor) => {
    const keys = await listOwnInvitations(database, actor.user);
    return describeJoinOptions(database, keys, async (tx, key) => {
      const received = await readReceivedInvitation(tx, key, actor.user).catch(ignoreClosed);
      if (!received?.invitation || received.eligibility !== "eligible") return null;
      const { invitation } = received;
      const path = `/organizations/${key.organizationId}/invitations/${key.id}`;
      const action = (act: string) => accountFormAction(actor, `${path}/${act}`);
      return {
        text: `${nameInviter(invitation)} invites you as ${roleWithArticle(invitation.presentRole)}.`,
        actions: [
          { label: "Join", action: action("acceptance"), tone: "primary" },
          { label: "Decline", action: action("rejection"), tone: "plain" },
        ],
      };
    });
  };
}

function ignoreClosed(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}

/** Lists the newest twenty open invitations to a person. */
export function listOwnInvitations(database: TenantDatabase, user: { id: string }) {
  // Row-level security has the same condition; repeated here, the planner can use the indexes for it.
  return database.forUser(
    user.id,
    (tx) => tx.$queryRaw<InvitationKey[]>`
      select organization_id as "organizationId", id from invitations
       where (email = any (array(select proven_emails(${user.id}::uuid)))
              or handle = any (array(select lower(i.handle collate "C") from identities i
                                      where i.user_id = ${user.id}::uuid and i.provider = 'huggingface')))
         and status = 'pending' and expires_at > now()
       order by id desc limit 20`,
  );
}

/** Requires that an invitation is addressed to a person. @throws request.not_found */
export async function requireOwnInvitation(
  database: TenantDatabase,
  user: { id: string },
  { organizationId, id }: InvitationKey,
): Promise<void> {
  const own = await database.forUser(user.id, (tx) =>
    tx.invitation.findFirst({ where: { organizationId, id }, select: { id: true } }),
  );
  if (!own) throw httpError("request.not_found");
}
