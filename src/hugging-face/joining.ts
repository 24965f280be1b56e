import { admit, needsApproval, readHistory } from "../tenancy/admission.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import { requestToJoin } from "../join-requests/join-request.ts";
import type { AuditEntry } from "../tenancy/audit-event.ts";
import { membershipError } from "../tenancy/errors.ts";
import { changeAsGuest, type Guest } from "../tenancy/change-as.ts";
import { findEntitlements, type Entitlement } from "./entitlement.ts";

/** The name of `huggingFaceOrigin`, and of this way to join in the tables and in the audit log. */
export const origin = "hugging_face";

/** `unconfirmed`: nothing was done, as Hugging Face has not confirmed recently that the person works there. */
type Joining = { slug: string; outcome: "joined" | "asked" | "unconfirmed" };

type Key = { organizationId: string; userId: string };

/**
 * Makes a person a member by their work at Hugging Face, or makes their request to join: if the rules say so, or if they
 * belonged to the organization before. A member stays as they are.
 *
 * @throws request.not_found if the person has no such entitlement; membership.suspended_there, membership.no_seat
 */
export function joinByHuggingFace(
  database: TenantDatabase,
  guest: Guest,
  { subject }: { subject: string },
): Promise<Joining> {
  const key = { organizationId: guest.organization.id, userId: guest.user.id };
  return changeAsGuest<Joining>(database, guest, async (tx) => {
    const entitlement = await findEntitlement(tx, key, subject);
    if (!entitlement) throw httpError("request.not_found");
    const { slug } = await tx.organization.findUniqueOrThrow({
      where: { id: key.organizationId },
      select: { slug: true },
    });
    const { isMember, isSuspended } = await readHistory(tx, key);
    if (isSuspended) throw membershipError("membership.suspended_there");
    if (isMember) return { value: { slug, outcome: "joined" }, event: null };
    if (!entitlement.isFresh) return { value: { slug, outcome: "unconfirmed" }, event: null };
    if (await hasToAsk(tx, key, entitlement)) {
      const request = { ...key, role: entitlement.role, origin, originId: subject };
      return { value: { slug, outcome: "asked" }, event: await requestToJoin(tx, request) };
    }
    return {
      value: { slug, outcome: "joined" },
      event: await admitByEntitlement(tx, key, entitlement),
    };
  });
}

/** Whether an admin has to decide; call it inside the scope of the organization. */
export async function hasToAsk(
  tx: Transaction,
  key: Key,
  entitlement: Entitlement,
): Promise<boolean> {
  return entitlement.connection.mode === "request" || (await needsApproval(tx, key));
}

/** Makes a person a member whose membership follows Hugging Face from then on. @throws membership.no_seat */
export async function admitByEntitlement(
  tx: Transaction,
  key: Key,
  entitlement: Entitlement,
  { tell = null }: { tell?: string | null } = {},
): Promise<AuditEntry | null> {
  const { role, handle } = entitlement;
  const details = { via: origin, organization: handle };
  const event = await admit(tx, { ...key, role, grant: { kind: "rule" }, details, tell });
  await linkMembership(tx, key, entitlement);
  return event;
}

export async function findEntitlement(
  tx: Transaction,
  key: Key,
  subject: string,
): Promise<Entitlement | undefined> {
  const entitlements = await findEntitlements(tx, key);
  return entitlements.find(({ connection }) => connection.subject === subject);
}

/** Links a membership to the connection by which it came, and notes that this one was used. The membership itself may be made later in the transaction. */
export async function linkMembership(
  tx: Transaction,
  key: Key,
  { connection, role }: Entitlement,
): Promise<void> {
  const data = { ...key, connectionSubject: connection.subject, grantedRole: role };
  await tx.huggingFaceMembership.create({ data, select: { userId: true } });
  await tx.$executeRaw`
    update hugging_face_connections set last_used_at = now()
     where organization_id = ${key.organizationId}::uuid and subject = ${connection.subject}`;
}
