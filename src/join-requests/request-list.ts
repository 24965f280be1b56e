import { type Person, readPeople } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import type { Read } from "../http/route.ts";
import type { Person as Account } from "../access/principal.ts";
import type { Role } from "../access/roles.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";

export type ListedRequest = {
  id: string;
  asker: Person;
  role: Role;
  /** Why the person may ask, to be read after their name; null if that reason does not exist any more. */
  reason: string | null;
  askedAt: Date;
};

/** Reads the name of the person who made a request. */
export const readAsker = (requestId: string): Read<Asker> => ({
  name: "join-request-asker",
  text: `
    select u.name, u.username, coalesce(u.email, i.email) as email,
           case when u.email is null then i.proven_email else u.proven_email end is not null as "emailVerified"
      from join_requests r join users u on u.id = r.user_id
      left join identities i on i.user_id = u.id and i.provider = 'huggingface'
     where r.organization_id = current_organization_id() and r.id = $1`,
  values: [requestId],
});

type Asker = Pick<Account, "name" | "username" | "email" | "emailVerified">;

/** SQL: the requests of the current organization that `listRequests` lists. */
export const pendingRequests = `
  select from join_requests r join users u on u.id = r.user_id and u.deleted_at is null
   where r.organization_id = current_organization_id() and r.status = 'pending'
     and not exists (select from memberships m
                      where m.organization_id = r.organization_id and m.user_id = r.user_id)`;

const pageSize = 20;

/**
 * Lists the pending requests, the oldest first, without those of deleted accounts and of people who became members in
 * another way. Call it inside the organization's scope.
 *
 * @param query.after the last id of the page before
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
