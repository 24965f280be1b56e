import { z } from "zod";

/** What an event at Logto may have changed, and where to look. */
export type WebhookEvent =
  | { kind: "person"; subject: string }
  | { kind: "organization"; logtoId: string; isNew: boolean }
  | {
      kind: "membership";
      logtoId: string;
      added: string[];
      removed: string[];
      hasMachines: boolean;
      /** Logto's sign-in page did it (just-in-time provisioning), and no admin of Logto. */
      bySignIn: boolean;
    };

/** An id, or nothing where what stands there is none: another version of Logto may say more, less, or otherwise. */
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

const organizationChanges = new Set(["Organization.Data.Updated", "Organization.Deleted"]);

/**
 * Reads which event it is, and about what.
 *
 * @param content parsed JSON
 * @returns null for what is nothing to us, and for what does not say what it is about, such as the test of Logto's Console
 */
export function readEvent(content: unknown): WebhookEvent | null {
  const parsed = body.safeParse(content);
  if (!parsed.success) return null;
  const { event, interactionEvent, params, data, organizationId, ...delta } = parsed.data;
  if (event.startsWith("User.")) {
    // Changes of parts of somebody have that part as `data`; only those of a sign-in page have no `params`.
    const subject = params.userId ?? data.id;
    return subject === undefined ? null : { kind: "person", subject };
  }
  if (event === "Organization.Created" && data.id !== undefined) {
    return { kind: "organization", logtoId: data.id, isNew: true };
  }
  if (organizationChanges.has(event) && params.id !== undefined) {
    return { kind: "organization", logtoId: params.id, isNew: false };
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
