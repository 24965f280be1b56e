import { v7 as createId } from "uuid";

import type { Organization, RunningApplication } from "./application.ts";

export type PlantedEvent = {
  actorId?: string | null;
  action?: string;
  target?: { type: string; id: string };
  details?: object;
  /** ISO 8601; now by default. */
  occurredAt?: string;
  ip?: string | null;
  userAgent?: string;
  id?: string;
};

/** Writes events to an organization's log directly, with any time and actor. @returns their ids */
export async function plantEvents(
  application: RunningApplication,
  organization: Pick<Organization, "id">,
  events: readonly PlantedEvent[],
): Promise<string[]> {
  const rows = events.map(({ id = createId(), ...event }) => ({
    organization_id: organization.id,
    id,
    occurred_at: event.occurredAt ?? new Date().toISOString(),
    actor_id: event.actorId ?? null,
    action: event.action ?? "thing.done",
    target_type: event.target?.type ?? "thing",
    target_id: event.target?.id ?? "1",
    details: event.details ?? {},
    request_id: "request-1",
    ip: event.ip ?? null,
    user_agent: event.userAgent ?? null,
  }));
  await application.query(
    "insert into audit_events select * from jsonb_populate_recordset(null::audit_events, $1::jsonb)",
    [JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}

/** An organization with its owner, who is signed in, and an empty log. */
export async function createOrganizationWithoutEvents(application: RunningApplication) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  await application.query("delete from audit_events where organization_id = $1", [organization.id]);
  const agent = await application.signInAs(owner);
  const path = `/o/${organization.slug}/audit-log`;
  return { owner, organization, agent, path };
}
