import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { SignedIn } from "./actor.ts";

/**
 * One way for a person to join an organization that they do not belong to yet, as their list of organizations shows it.
 *
 * A new way to join is a folder of its own, beside `email-domains/` and `hugging-face/`:
 * - it finds its join options with a {@link FindJoinOptions}, in its `join-options.ts`
 * - its route makes the person a member with `admit()` in a `changeAsGuest()`, or calls `requestToJoin()`
 * - where an admin decides, it has a `JoinOrigin` (join-origin.ts), which is asked again at the approval
 *
 * Its `feature.ts` declares them.
 */
export type JoinOption = {
  /** The page shows it above `text`. */
  organizationName: string;
  /** Why the person can join, or what they wait for: "Ada invites you to be a member." */
  text: string;
  /** Buttons, each a form that posts to a path of ours: see `accountFormAction`. */
  actions: readonly { label: string; action: string; tone: "primary" | "plain" }[];
};

/** Finds the join options of one feature for a person. */
export type FindJoinOptions = (actor: SignedIn) => Promise<readonly JoinOption[]>;

/**
 * Describes what a feature found for a person, each in the scope of its organization: nothing outside that scope shows
 * the organization's name.
 *
 * @param describe null if there is no such option any more
 */
export async function describeJoinOptions<Found extends { organizationId: string }>(
  database: TenantDatabase,
  found: readonly Found[],
  describe: (tx: Transaction, each: Found) => Promise<Omit<JoinOption, "organizationName"> | null>,
): Promise<JoinOption[]> {
  const options: JoinOption[] = [];
  for (const each of found) {
    const { organizationId: id } = each;
    const option = await database.forOrganization(id, async (tx) => {
      const organization = await tx.organization.findFirst({
        where: { id, deletedAt: null },
        select: { name: true },
      });
      const described = organization && (await describe(tx, each));
      return described && { organizationName: organization.name, ...described };
    });
    if (option) options.push(option);
  }
  return options;
}
