import { v7 as createId } from "uuid";

import type { Statement } from "../database/batch.ts";
import type { Transaction } from "../database/database.ts";
import { Prisma } from "../database/generated/client.ts";
import { readAddress } from "../http/ip-address.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { FieldChanges, RecordedValue } from "./field-changes.ts";

/** The description of a change. */
export type AuditEntry = {
  /** `noun.verb_in_the_past`, such as `member.role_changed`. */
  action: `${string}.${string}`;
  target: { type: string; id: string };
  /** In the words of the action, such as `{ from: "member", to: "admin" }`. */
  details?: Readonly<Record<string, RecordedValue | FieldChanges>>;
};

/**
 * Appends an event to an organization's audit log; call it in the transaction of the change, inside that organization's scope.
 *
 * @param event.actorId null: the application itself
 * @param event.request null: no request caused the change
 */
export async function recordEvent(tx: Transaction, event: RecordedEvent): Promise<void> {
  await tx.$executeRaw(insertEvent(event));
}

/** The statement of {@link recordEvent}, for a change whose statements are sent together. */
export function eventStatement(event: RecordedEvent): Statement {
  const { text, values } = insertEvent(event);
  return { name: "audit-event", text, values };
}

type RecordedEvent = AuditEntry & {
  organizationId: string;
  actorId: string | null;
  request: RequestOrigin | null;
};

function insertEvent(event: RecordedEvent): Prisma.Sql {
  const { organizationId, actorId, action, target, request } = event;
  const details = { ...event.details, ...(request?.clientId && { client: request.clientId }) };
  // The database sets the time: Prisma would take it from the application's clock.
  return Prisma.sql`
    insert into audit_events
      (organization_id, id, actor_id, action, target_type, target_id, details, request_id, ip, user_agent)
    values (${organizationId}::uuid, ${createId()}::uuid, ${actorId}::uuid, ${action},
            ${target.type}, ${target.id}, ${JSON.stringify(details)}::jsonb,
            ${request?.id ?? null}, ${request && readAddress(request.ip)}::inet,
            ${request?.userAgent.slice(0, 500) ?? null})`;
}
