import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { findMatch, markUsed, origin } from "./joining.ts";

/** Requests of people with an address at a domain of the organization. */
export const emailDomainOrigin: JoinOrigin = {
  name: origin,
  describe: (_tx, { originId }) => Promise.resolve(`has a verified address at ${originId}`),
  async grant(tx, { organizationId, userId, originId }) {
    const match = await findMatch(tx, { organizationId, userId, domain: originId });
    if (!match) return null;
    await markUsed(tx, match);
    return { role: match.role, details: { domain: originId } };
  },
};
