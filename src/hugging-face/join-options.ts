import { accountFormAction } from "../tenancy/seen-as.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { FindJoinOptions, JoinOption } from "../tenancy/join-options.ts";
import { hasToAsk, via } from "./joining.ts";
import { findPlaces, type Place } from "./place.ts";

/** How many are looked up for one page. */
const mostOptions = 20;

/**
 * The organizations that somebody could join because of where they work at Hugging Face.
 *
 * @param canAsk whether it can be asked anew where that was told some time ago; otherwise such places open nothing
 */
export function findHuggingFaceJoinOptions(
  database: TenantDatabase,
  { canAsk }: { canAsk: boolean },
): FindJoinOptions {
  return async (actor) => {
    const userId = actor.user.id;
    const offers = await database.forUser(userId, (tx) => listOffers(tx, userId));
    const joinOptions: JoinOption[] = [];
    for (const { place, hasAsked } of offers) {
      if (!canAsk && !place.isFresh) continue;
      const { organizationId, subject, name } = place.connection;
      const option = await database.forOrganization(organizationId, async (tx) => {
        const organization = await tx.organization.findFirst({
          where: { id: organizationId, deletedAt: null },
          select: { name: true },
        });
        return (
          organization && {
            ...organization,
            asks: await hasToAsk(tx, { organizationId, userId }, place),
          }
        );
      });
      if (!option) continue;
      const path = `/organizations/${organizationId}/hugging-face/${subject}/joining`;
      const why = `You work in ${name} at Hugging Face`;
      joinOptions.push({
        organizationName: option.name,
        text: hasAsked ? `${why}, and asked to join. An admin decides.` : `${why}.`,
        actions: hasAsked
          ? []
          : [
              {
                label: option.asks ? "Ask to join" : "Join",
                action: accountFormAction(actor, path),
                tone: "primary",
              },
            ],
      });
    }
    return joinOptions;
  };
}

type Offer = { place: Place; hasAsked: boolean };

/** For each organization that somebody does not belong to the best of their places; in their own scope. */
async function listOffers(tx: Transaction, userId: string): Promise<Offer[]> {
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
  const offers: Offer[] = [];
  for (const place of places) {
    const { organizationId } = place.connection;
    if (seen.has(organizationId)) continue;
    seen.add(organizationId);
    const asked = requests.find((each) => each.organizationId === organizationId);
    // Somebody who asked by another way waits there.
    if (asked && asked.origin !== via) continue;
    offers.push({ place, hasAsked: asked !== undefined });
  }
  return offers.slice(0, mostOptions);
}
