import type { TenantDatabase, Transaction } from "../database/database.ts";
import { describeJoinOptions, type FindJoinOptions } from "../tenancy/join-options.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { hasToAsk, origin } from "./joining.ts";
import { findPlaces, type Place } from "./place.ts";

/**
 * Finds the organizations that a person can join by their work at Hugging Face.
 *
 * @param canAsk whether we can ask Hugging Face again about places that it told of some time ago; if not, they offer nothing
 */
export function findHuggingFaceJoinOptions(
  database: TenantDatabase,
  { canAsk }: { canAsk: boolean },
): FindJoinOptions {
  return async (actor) => {
    const userId = actor.user.id;
    const offers = await database.forUser(userId, (tx) => listOffers(tx, userId));
    const usable = offers.filter(({ place }) => canAsk || place.isFresh);
    return describeJoinOptions(database, usable, async (tx, offer) => {
      const { organizationId, place, hasAsked } = offer;
      const { subject, name } = place.connection;
      const why = `You work in ${name} at Hugging Face`;
      if (hasAsked) return { text: `${why}, and asked to join. An admin decides.`, actions: [] };
      const label = (await hasToAsk(tx, { organizationId, userId }, place))
        ? "Ask to join"
        : "Join";
      const path = `/organizations/${organizationId}/hugging-face/${subject}/joining`;
      const action = accountFormAction(actor, path);
      return { text: `${why}.`, actions: [{ label, action, tone: "primary" }] };
    });
  };
}

/** Lists a person's best places in at most twenty organizations that they are not in; call it in the person's scope. */
async function listOffers(tx: Transaction, userId: string) {
  const places = await findPlaces(tx, { userId });
  if (places.length === 0) return [];
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
  });
  const requests = await tx.joinRequest.findMany({
    where: { userId, status: "pending" },
    select: { organizationId: true, origin: true },
  });
  const seen = new Set(memberships.map(({ organizationId }) => organizationId));
  const offers: { organizationId: string; place: Place; hasAsked: boolean }[] = [];
  for (const place of places) {
    const { organizationId } = place.connection;
    if (seen.has(organizationId)) continue;
    seen.add(organizationId);
    const request = requests.find((each) => each.organizationId === organizationId);
    // The request has another origin, and another feature shows it.
    if (request && request.origin !== origin) continue;
    offers.push({ organizationId, place, hasAsked: request !== undefined });
  }
  return offers.slice(0, 20);
}
