import { v7 as createId } from "uuid";

import type { Transaction } from "../database/database.ts";
import { readAddress } from "../http/ip-address.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { FieldChanges, RecordedValue } from "./changes.ts";

/** What a change says of itself. */
export type AuditEntry = {
  /** `noun.verb_in_the_past`, such as `member.role_changed`. */
  action: `${string}.${string}`;
  target: { type: string; id: string };
  /** In the words of the action, such as `{ from: "member", to: "admin" }`. */
  details?: Readonly<Record<string, RecordedValue | FieldChanges>>;
};

/**
 * Appends an event to an organization's audit log; call it in the transaction of the change itself, inside
 * that organization's scope.
 *
 * @param event.actorId null for the application itself
 * @param event.request null where no request is behind it
 */
export async function recordEvent(
  tx: Transaction,
  event: AuditEntry & {
    organizationId: string;
    actorId: string | null;
    request: RequestOrigin | null;
  },
): Promise<void> {
  const { organizationId, actorId, action, target, request } = event;
  const details = { ...event.details, ...(request?.clientId && { client: request.clientId }) };
  // The time is the database's: Prisma would fill it in by the application's clock.
  await tx.$executeRaw`
    insert into audit_events
      (organization_id, id, actor_id, action, target_type, target_id, details, request_id, ip, user_agent)
    values (${organizationId}::uuid, ${createId()}::uuid, ${actorId}::uuid, ${action},
            ${target.type}, ${target.id}, ${JSON.stringify(details)}::jsonb,
            ${request?.id ?? null}, ${request && readAddress(request.ip)}::inet,
            ${request?.userAgent.slice(0, 500) ?? null})`;
}
