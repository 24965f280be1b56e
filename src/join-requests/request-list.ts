import { type Person, readPeople } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import type { Role } from "../access/roles.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";

export type ListedRequest = {
  id: string;
  asker: Person;
  role: Role;
  /** What they came by, after their name; null: it does not hold any more. */
  reason: string | null;
  askedAt: Date;
};

const pageSize = 20;

/**
 * Lists who waits for an answer, the longest first: nobody whose account is deleted, nor who has become a member by
 * another way. Call it inside the organization's scope.
 *
 * @param query.after the id that the page before ended with
 */
export async function listRequests(
  tx: Transaction,
  { organizationId, after }: { organizationId: string; after?: string | undefined },
  origins: readonly JoinOrigin[],
): Promise<{ requests: ListedRequest[]; next: string | undefined }> {
  const found = await tx.joinRequest.findMany({
    where: {
      organizationId,
      status: "pending",
      user: { deletedAt: null, memberships: { none: { organizationId } } },
      ...(after !== undefined && { id: { gt: after } }),
    },
    orderBy: { id: "asc" },
    take: pageSize + 1,
  });
  const shown = found.slice(0, pageSize);
  const people = await readPeople(
    tx,
    shown.map(({ userId }) => userId),
  );
  const requests: ListedRequest[] = [];
  for (const { createdAt, ...request } of shown) {
    const asker = people.get(request.userId);
    if (!asker) continue;
    const origin = origins.find(({ name }) => name === request.origin);
    const reason = (await origin?.describe(tx, request)) ?? null;
    requests.push({ id: request.id, asker, role: request.role, reason, askedAt: createdAt });
  }
  return { requests, next: found.length > pageSize ? shown.at(-1)?.id : undefined };
}
