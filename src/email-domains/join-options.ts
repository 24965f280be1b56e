import type { TenantDatabase } from "../database/database.ts";
import { describeJoinOptions, type FindJoinOptions } from "../tenancy/join-options.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { roleWithArticle } from "../views/role-badge.tsx";
import { findMatch, listMatches } from "./joining.ts";

/** Finds the organizations that a person can join, or ask to join, by their address. */
export function findJoinOptionsByAddress(database: TenantDatabase): FindJoinOptions {
  return async (actor) => {
    const userId = actor.user.id;
    const listed = await listMatches(database, userId);
    return describeJoinOptions(database, listed, async (tx, { organizationId, domain }) => {
      const match = await findMatch(tx, { organizationId, userId, domain });
      if (!match) return null;
      const path = `/organizations/${organizationId}/email-domains/${domain}/joining`;
      const action = accountFormAction(actor, path);
      const asks = match.mode === "request";
      return {
        text: `You have an address at ${domain}, so you can ${asks ? "ask to join" : "join"} as ${roleWithArticle(match.role)}.`,
        actions: [
          asks
            ? { label: "Ask to join", action, tone: "plain" }
            : { label: "Join", action, tone: "primary" },
        ],
      };
    });
  };
}
