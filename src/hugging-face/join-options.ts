import type { TenantDatabase, Transaction } from "../database/database.ts";
import { describeJoinOptions, type FindJoinOptions } from "../tenancy/join-options.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { hasToAsk, origin } from "./joining.ts";
import { findEntitlements, type Entitlement } from "./entitlement.ts";

/**
 * Finds the organizations that a person can join by their work at Hugging Face.
 *
 * @param canAsk whether we can ask Hugging Face again about organizations that it named some time ago; if not, these offer nothing
 */
export function findHuggingFaceJoinOptions(
  database: TenantDatabase,
  { canAsk }: { canAsk: boolean },
): FindJoinOptions {
  return async (actor) => {
    const userId = actor.user.id;
    const offers = await database.forUser(userId, (tx) => listOffers(tx, userId));
    const usable = offers.filter(({ entitlement }) => canAsk || entitlement.isFresh);
    return describeJoinOptions(database, usable, async (tx, offer) => {
      const { organizationId, entitlement, hasAsked } = offer;
      const { subject, name } = entitlement.connection;
      const why = `You work in ${name} at Hugging Face`;
      if (hasAsked)
        return { text: `${why}, and asked to join. An admin will decide.`, actions: [] };
      const label = (await hasToAsk(tx, { organizationId, userId }, entitlement))
        ? "Ask to join"
        : "Join";
      const path = `/organizations/${organizationId}/hugging-face/${subject}/joining`;
      const action = accountFormAction(actor, path);
      return { text: `${why}.`, actions: [{ label, action, tone: "primary" }] };
    });
  };
}

/** Lists a person's best entitlements in at most twenty organizations that they are not in; call it in the person's scope. */
async function listOffers(tx: Transaction, userId: string) {
  const entitlements = await findEntitlements(tx, { userId });
  if (entitlements.length === 0) return [];
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
  });
  const requests = await tx.joinRequest.findMany({
    where: { userId, status: "pending" },
    select: { organizationId: true, origin: true },
  });
  const seen = new Set(memberships.map(({ organizationId }) => organizationId));
  const offers: { organizationId: string; entitlement: Entitlement; hasAsked: boolean }[] = [];
  for (const entitlement of entitlements) {
    const { organizationId } = entitlement.connection;
    if (seen.has(organizationId)) continue;
    seen.add(organizationId);
    const request = requests.find((each) => each.organizationId === organizationId);
    // The request has another origin, and another feature shows it.
    if (request && request.origin !== origin) continue;
    offers.push({ organizationId, entitlement, hasAsked: request !== undefined });
  }
  return offers.slice(0, 20);
}
