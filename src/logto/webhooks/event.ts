import { z } from "zod";

/** The subject of an event at Logto. */
export type WebhookEvent =
  | { kind: "person"; subject: string }
  | { kind: "organization"; logtoId: string; isNew: boolean }
  | {
      kind: "membership";
      logtoId: string;
      added: string[];
      removed: string[];
      hasMachines: boolean;
      /** Logto's sign-in page added them (just-in-time provisioning), and not an admin of Logto. */
      bySignIn: boolean;
    };

/** An id, or undefined: another version of Logto may send more, less, or something else. */
const id = z.string().min(1).max(128).optional().catch(undefined);
const ids = z.array(z.string().min(1).max(128)).catch([]);

const body = z.object({
  event: z.string(),
  interactionEvent: z.unknown().optional(),
  params: z.object({ id, userId: id }).catch({}),
  data: z.object({ id }).catch({}),
  organizationId: id,
  addedUserIds: ids,
  removedUserIds: ids,
  addedApplicationIds: ids,
  removedApplicationIds: ids,
});

/** Reads an event. @returns null if it does not concern us or names no subject, such as the test of Logto's Console */
export function readEvent(content: unknown): WebhookEvent | null {
  const parsed = body.safeParse(content);
  if (!parsed.success) return null;
  const { event, interactionEvent, params, data, organizationId, ...delta } = parsed.data;
  if (event.startsWith("User.")) {
    // An event about a part of a user has that part as `data`. Only events of the sign-in page have no `params`.
    const subject = params.userId ?? data.id;
    return subject === undefined ? null : { kind: "person", subject };
  }
  const isNew = event === "Organization.Created";
  if (isNew || event === "Organization.Data.Updated" || event === "Organization.Deleted") {
    const logtoId = isNew ? data.id : params.id;
    return logtoId === undefined ? null : { kind: "organization", logtoId, isNew };
  }
  if (event !== "Organization.Membership.Updated" || organizationId === undefined) return null;
  return {
    kind: "membership",
    logtoId: organizationId,
    added: delta.addedUserIds,
    removed: delta.removedUserIds,
    hasMachines: delta.addedApplicationIds.length + delta.removedApplicationIds.length > 0,
    bySignIn: interactionEvent !== undefined,
  };
}
