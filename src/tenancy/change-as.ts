import { type AuditEntry, recordEvent } from "./audit-event.ts";
import { requireScope } from "./token-errors.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import { hasPermission, isOfDeleted, type Permission, type Role } from "../access/roles.ts";

/** Who changes something, where, and by which request. */
export type ChangingMember = {
  user: { id: string };
  organization: { id: string };
  request: RequestOrigin;
  /** As in `Member`. */
  scopes?: ReadonlySet<string>;
};

/** What a change came to, and what the audit log says of it: nothing only where nothing changed. */
export type Change<T> = { value: T; event: AuditEntry | readonly AuditEntry[] | null };

/**
 * Changes something in an organization: the only way in which a feature writes. In one transaction it
 * looks again whether the actor may (since the request was let in, their role may have gone), does the
 * work, and writes the audit events.
 *
 * @param options.exclusively for who belongs to the organization: such changes wait for each other
 * @throws request.not_found when the actor is no longer a member, or the organization is deleted;
 *   request.not_permitted when the actor's role no longer allows it, token.insufficient_scope when their token does not
 */
export function changeAs<T>(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  work: (tx: Transaction, role: Role) => Promise<Change<T>>,
  { exclusively = false } = {},
): Promise<T> {
  const organizationId = actor.organization.id;
  return database.forMember(
    { organizationId, userId: actor.user.id, exclusively },
    async (tx, membership) => {
      if (!membership || membership.isDeleted !== isOfDeleted(permission)) {
        throw httpError("request.not_found");
      }
      if (!hasPermission(membership.role, permission)) throw httpError("request.not_permitted");
      requireScope(actor, permission);
      const { value, event } = await work(tx, membership.role);
      const { user, request } = actor;
      for (const entry of [event ?? []].flat()) {
        await recordEvent(tx, { ...entry, organizationId, actorId: user.id, request });
      }
      return value;
    },
  );
}
