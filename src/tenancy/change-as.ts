import { type AuditEntry, eventStatement, recordEvent } from "./audit-event.ts";
import { requireScope } from "./token-errors.ts";
import type { Statement } from "../database/batch.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { stateOf } from "../database/faults.ts";
import type { ReadRow } from "../database/rows.ts";
import { countUse } from "../limits/limit-counters.ts";
import { joinings } from "./limits.ts";
import { httpError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { Read } from "../http/route.ts";
import { hasPermission, isOfDeleted, type Permission, type Role, roles } from "../access/roles.ts";

/** The principal who changes something, the organization it belongs to, and the request that asks for it. */
export type ChangingMember = {
  user: { id: string };
  organization: { id: string };
  request: RequestOrigin;
  scopes?: ReadonlySet<string>;
};

/** The result of a change, and its events for the audit log; null only when nothing changed. */
export type Change<T> = { value: T; event: AuditEntry | readonly AuditEntry[] | null };

/** A change of rows that were read before, whose statements (database/rows.ts) are sent together. */
export type KnownChange = {
  statements: readonly Statement[];
  event: AuditEntry | readonly AuditEntry[];
};

type Work<T> = (tx: Transaction, role: Role) => Promise<Change<T>>;

/** A change without a result. */
export const changed = (...event: AuditEntry[]): Change<void> => ({ value: undefined, event });

export const unchanged = changed();

/**
 * Changes something in an organization: features write through this function only. In one transaction it checks the actor's
 * permission again (their role may have changed since the request was authorized), does the work, and writes the audit events.
 *
 * @param work gets the role that the actor has now. Or the statements and events of the change, if they are known beforehand:
 *   then it takes one round trip
 * @returns the result of the work; for a known change whether it was made: not if a row has changed since it was read
 * @throws request.not_found when the actor is no longer a member, or the organization is deleted;
 *   request.not_permitted when the actor's role no longer allows it, token.insufficient_scope when their token does not
 */
export function changeAs<T>(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  work: Work<T>,
): Promise<T>;
export function changeAs(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  change: KnownChange,
): Promise<boolean>;
export function changeAs<T>(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  change: Work<T> | KnownChange,
): Promise<T | boolean> {
  if (typeof change !== "function") return changeTogether(database, actor, permission, change);
  return changeStepwise(database, actor, permission, change, { exclusively: false });
}

/**
 * Changes a row that the route has read (`Route.read`): one round trip more. If another person changes the row in between, it is
 * read again, and the change is decided anew.
 *
 * @public
 * @param row.read reads the row
 * @param row.rows what it has read; left out, the row is read first
 * @param decide a pure function: gets the row, and says what to write (database/rows.ts) and to record; without an event, nothing
 *   is written
 * @throws request.not_found when there is no such row, and what `changeAs` throws
 */
export async function changeRowAs<Row extends ReadRow, T>(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  { read, rows }: { read: Read<Row>; rows?: readonly Row[] | undefined },
  decide: (row: Row) => { value: T } & (KnownChange | { event: null }),
): Promise<T> {
  const readAgain = () => database.readOrganization<Row>(actor.organization.id, read);
  let row = requireRow(rows ?? (await readAgain()));
  for (;;) {
    const change = decide(row);
    if (change.event === null || (await changeAs(database, actor, permission, change))) {
      return change.value;
    }
    row = requireRow(await readAgain());
  }
}

/** Takes the one row that a route has read. @throws request.not_found */
export function requireRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw httpError("request.not_found");
  return row;
}

/**
 * Does the same as `changeAs` for a change that decides who is a member, or who can become one. Such changes of one
 * organization run one after the other, so that what each of them reads holds until it commits.
 */
export function changeMembershipAs<T>(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  work: Work<T>,
): Promise<T> {
  return changeStepwise(database, actor, permission, work, { exclusively: true });
}

function changeStepwise<T>(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  work: Work<T>,
  { exclusively }: { exclusively: boolean },
): Promise<T> {
  const { user, organization, scopes } = actor;
  const member = { organizationId: organization.id, userId: user.id, exclusively };
  return database.forMember(member, async (tx, membership) => {
    if (!membership || membership.isDeleted !== isOfDeleted(permission)) {
      throw httpError("request.not_found");
    }
    if (!hasPermission(membership.role, permission)) throw httpError("request.not_permitted");
    requireScope({ scopes }, permission);
    const { value, event } = await work(tx, membership.role);
    for (const entry of [event ?? []].flat()) await recordEvent(tx, describe(actor, entry));
    return value;
  });
}

async function changeTogether(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  { statements, event }: KnownChange,
): Promise<boolean> {
  requireScope(actor, permission);
  const member = {
    organizationId: actor.organization.id,
    userId: actor.user.id,
    isOfDeleted: isOfDeleted(permission),
    allowed: roles.filter((role) => hasPermission(role, permission)),
  };
  const events = [event].flat().map((entry) => eventStatement(describe(actor, entry)));
  try {
    await database.changeTogether(member, [...statements, ...events]);
    return true;
  } catch (error) {
    const state = stateOf(error);
    if (state === "TN409") return false;
    if (state === "TN404") throw httpError("request.not_found");
    if (state === "TN403") throw httpError("request.not_permitted");
    throw error;
  }
}

function describe({ user, organization, request }: ChangingMember, entry: AuditEntry) {
  return { ...entry, organizationId: organization.id, actorId: user.id, request };
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
