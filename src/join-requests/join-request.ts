import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { countUse } from "../limits/limit-counters.ts";
import { httpError } from "../http/errors.ts";
import {
  changeAsGuest,
  changed,
  changeMembershipAs,
  type ChangingMember,
  type Guest,
} from "../tenancy/change-as.ts";
import { recordDecision } from "../tenancy/decision.ts";
import type { JoinOrigin, JoinRequest } from "../tenancy/join-origin.ts";
import { admit } from "../tenancy/admission.ts";
import { joinRequestError } from "./errors.ts";
import { requests, requestsToOne } from "./limits.ts";
import { mailRequest } from "./mail.ts";

/**
 * Makes a request to join; a person has at most one in each organization. Check first that the person may ask, and call
 * it in a transaction that locks the organization.
 *
 * @returns the audit event; null if a request is pending already
 * @throws request.too_many
 */
export async function requestToJoin(
  tx: Transaction,
  request: JoinRequest,
): Promise<AuditEntry | null> {
  const { organizationId, userId, role, origin } = request;
  const present = await tx.joinRequest.findFirst({
    where: { organizationId, userId, status: "pending" },
    select: { id: true },
  });
  if (present) return null;
  await countUse(tx, requestsToOne, { subject: `${organizationId} ${userId}` });
  await countUse(tx, requests, { subject: userId });
  const { id } = await tx.joinRequest.create({ data: request, select: { id: true } });
  await mailRequest(tx, { organizationId, requestId: id, userId });
  const target = { type: "join-request", id };
  return { action: "join_request.made", target, details: { role, via: origin } };
}

/**
 * Approves a request: the person becomes a member.
 *
 * @throws request.not_found, join_request.decided, join_request.void; what `admit` and `changeAs` throw
 */
export function approveRequest(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
  origins: readonly JoinOrigin[],
): Promise<void> {
  return decide(database, actor, { id, status: "approved" }, async (tx, request) => {
    const { organizationId, userId } = request;
    const granted = await origins.find(({ name }) => name === request.origin)?.grant(tx, request);
    if (!granted) throw joinRequestError("join_request.void");
    const { role } = granted;
    const details = { via: request.origin, ...granted.details };
    const grant = { kind: "admin" } as const;
    const event = await admit(tx, { organizationId, userId, role, grant, details, tell: userId });
    return [event ?? describeDecision("approved", request)];
  });
}

/** Refuses a request. @throws request.not_found, join_request.decided; what `changeAs` throws */
export function refuseRequest(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
): Promise<void> {
  return decide(database, actor, { id, status: "refused" }, async (tx, request) => {
    const { organizationId, userId } = request;
    const decided = { organizationId, userId, deciderId: actor.user.id };
    const closed = await recordDecision(tx, decided, "refused");
    return [describeDecision("refused", request), ...closed];
  });
}

/** Withdraws the request of the guest. @throws request.not_found, join_request.decided */
export function withdrawRequest(
  database: TenantDatabase,
  guest: Guest,
  { id }: { id: string },
): Promise<void> {
  const organizationId = guest.organization.id;
  return changeAsGuest(database, guest, async (tx) => {
    const by = { deciderId: null, askerId: guest.user.id };
    const request = await closeRequest(tx, { organizationId, id, status: "withdrawn", ...by });
    return changed(describeDecision("withdrawn", request));
  });
}

function describeDecision(
  decision: "approved" | "refused" | "withdrawn",
  { userId, role, origin }: JoinRequest,
): AuditEntry {
  const target = { type: "user", id: userId };
  return { action: `join_request.${decision}`, target, details: { role, via: origin } };
}

function decide(
  database: TenantDatabase,
  actor: ChangingMember,
  { id, status }: { id: string; status: "approved" | "refused" },
  work: (tx: Transaction, request: JoinRequest) => Promise<AuditEntry[]>,
): Promise<void> {
  const organizationId = actor.organization.id;
  return changeMembershipAs(database, actor, "join-request:decide", async (tx) => {
    const by = { deciderId: actor.user.id, askerId: null };
    const request = await closeRequest(tx, { organizationId, id, status, ...by });
    return changed(...(await work(tx, request)));
  });
}

/**
 * Closes a pending request. The first decision counts: later ones wait here, and find the request closed.
 *
 * @param closing.askerId the person who has to have made the request; null if anybody may have made it
 */
async function closeRequest(
  tx: Transaction,
  closing: {
    organizationId: string;
    id: string;
    status: "approved" | "refused" | "withdrawn";
    deciderId: string | null;
    askerId: string | null;
  },
): Promise<JoinRequest> {
  const { organizationId, id, status, deciderId, askerId } = closing;
  const [request] = await tx.$queryRaw<(JoinRequest & { isPending: boolean })[]>`
    select organization_id as "organizationId", user_id as "userId", role, origin,
           origin_id as "originId", status = 'pending' as "isPending"
      from join_requests
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid
       and (${askerId}::uuid is null or user_id = ${askerId}::uuid)
       and exists (select from users u where u.id = user_id and u.deleted_at is null)
       for update`;
  if (!request) throw httpError("request.not_found");
  const { isPending, ...rest } = request;
  if (!isPending) throw joinRequestError("join_request.decided");
  await tx.$executeRaw`
    update join_requests
       set status = ${status}::join_request_status, decider_id = ${deciderId}::uuid, decided_at = now()
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid`;
  return rest;
}
