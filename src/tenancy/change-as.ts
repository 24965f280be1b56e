import { type AuditEntry, recordEvent } from "./audit-event.ts";
import { requireScope } from "./token-errors.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { countUse } from "../limits/limit-counters.ts";
import { joinings } from "./limits.ts";
import { httpError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import { hasPermission, isOfDeleted, type Permission, type Role } from "../access/roles.ts";

/** The principal who changes something, the organization it belongs to, and the request that asks for it. */
export type ChangingMember = {
  user: { id: string };
  organization: { id: string };
  request: RequestOrigin;
  scopes?: ReadonlySet<string>;
};

/** The result of a change, and its events for the audit log; null only when nothing changed. */
export type Change<T> = { value: T; event: AuditEntry | readonly AuditEntry[] | null };

/** A change without a result. */
export const changed = (...event: AuditEntry[]): Change<void> => ({ value: undefined, event });

export const unchanged = changed();

/**
 * Changes something in an organization: features write through this function only. In one transaction it checks the actor's
 * permission again (their role may have changed since the request was authorized), does the work, and writes the audit events.
 *
 * @param work gets the role that the actor has now
 * @throws request.not_found when the actor is no longer a member, or the organization is deleted;
 *   request.not_permitted when the actor's role no longer allows it, token.insufficient_scope when their token does not
 */
export const changeAs = changeWith({ exclusively: false });

/**
 * Does the same for a change that decides who is a member, or who can become one. Such changes of one organization run one
 * after the other, so that what each of them reads holds until it commits.
 */
export const changeMembershipAs = changeWith({ exclusively: true });

function changeWith({ exclusively }: { exclusively: boolean }) {
  return <T>(
    database: TenantDatabase,
    { user, organization, request, scopes }: ChangingMember,
    permission: Permission,
    work: (tx: Transaction, role: Role) => Promise<Change<T>>,
  ): Promise<T> => {
    const member = { organizationId: organization.id, userId: user.id, exclusively };
    return database.forMember(member, async (tx, membership) => {
      if (!membership || membership.isDeleted !== isOfDeleted(permission)) {
        throw httpError("request.not_found");
      }
      if (!hasPermission(membership.role, permission)) throw httpError("request.not_permitted");
      requireScope({ scopes }, permission);
      const { value, event } = await work(tx, membership.role);
      const by = { organizationId: organization.id, actorId: user.id, request };
      for (const entry of [event ?? []].flat()) await recordEvent(tx, { ...entry, ...by });
      return value;
    });
  };
}

/** A person who acts on an organization and need not be its member; the request is null if none caused the change. */
export type Guest = Pick<ChangingMember, "user" | "organization"> & {
  request: RequestOrigin | null;
};

/**
 * Changes something in an organization for a person who need not be its member, for instance when they accept an invitation
 * or ask to join. It is one transaction, as in `changeMembershipAs`, but the work itself has to check what permits the change.
 *
 * @param guest.user null: the audit log names the application itself
 * @throws request.not_found when the organization is gone or deleted; request.too_many when they have joined too often
 */
export function changeAsGuest<T>(
  database: TenantDatabase,
  { user, organization, request }: Omit<Guest, "user"> & { user: Guest["user"] | null },
  work: (tx: Transaction) => Promise<Change<T>>,
): Promise<T> {
  const organizationId = organization.id;
  return database.forOrganization(organizationId, async (tx) => {
    const [present] = await tx.$queryRaw<{ isDeleted: boolean }[]>`
      select deleted_at is not null as "isDeleted" from organizations
       where id = ${organizationId}::uuid for no key update`;
    if (!present || present.isDeleted) throw httpError("request.not_found");
    const { value, event } = await work(tx);
    const entries = [event ?? []].flat();
    // A person whom an admin or Logto adds has not joined by their own act.
    if (user && entries.some(({ action }) => action === "member.joined")) {
      await countUse(tx, joinings, { subject: `${organizationId} ${user.id}` });
    }
    for (const entry of entries) {
      await recordEvent(tx, { ...entry, organizationId, actorId: user?.id ?? null, request });
    }
    return value;
  });
}
