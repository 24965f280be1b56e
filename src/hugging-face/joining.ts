import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import { requestToJoin } from "../join-requests/join-request.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { membershipError } from "../tenancy/errors.ts";
import { admit, changeAsGuest, type Guest } from "../tenancy/joining.ts";
import { needsApproval } from "../tenancy/admission-rule.ts";
import { findPlaces, type Place } from "./place.ts";

/** As it stands in the tables and in the audit log. */
export const via = "hugging_face";

/** `unconfirmed`: nothing was done, since Hugging Face has not told lately that they work there. */
type Joining = { slug: string; outcome: "joined" | "asked" | "unconfirmed" };

type Key = { organizationId: string; userId: string };

/**
 * Takes somebody into an organization by where they work at Hugging Face, or notes that they ask for it: where the
 * rules say so, and where an admin has removed them before. A member stays what they are.
 *
 * @returns the organization's address, and what came of it
 * @throws request.not_found when there is no such place for them; membership.suspended_there, membership.no_seat
 */
export function joinByHuggingFace(
  database: TenantDatabase,
  guest: Guest,
  { subject }: { subject: string },
): Promise<Joining> {
  const key = { organizationId: guest.organization.id, userId: guest.user.id };
  return changeAsGuest<Joining>(database, guest, async (tx) => {
    const place = await findPlace(tx, key, subject);
    if (!place) throw httpError("request.not_found");
    const { slug } = await tx.organization.findUniqueOrThrow({
      where: { id: key.organizationId },
      select: { slug: true },
    });
    const member = await findMember(tx, key);
    if (member?.suspendedAt) throw membershipError("membership.suspended_there");
    if (member) return { value: { slug, outcome: "joined" }, event: null };
    if (!place.isFresh) return { value: { slug, outcome: "unconfirmed" }, event: null };
    if (await hasToAsk(tx, key, place)) {
      const request = { ...key, role: place.role, origin: via, originId: subject };
      const event = await requestToJoin(tx, request);
      return { value: { slug, outcome: "asked" }, event };
    }
    const event = await admitBy(tx, key, place);
    return { value: { slug, outcome: "joined" }, event };
  });
}

/** Whether an admin decides; inside the organization's scope. */
export async function hasToAsk(tx: Transaction, key: Key, place: Place): Promise<boolean> {
  return place.connection.mode === "request" || (await needsApproval(tx, key));
}

/** Makes somebody who is no member one, who from then on follows Hugging Face. @throws membership.no_seat */
export async function admitBy(
  tx: Transaction,
  key: Key,
  place: Place,
  { tell = null }: { tell?: string | null } = {},
): Promise<AuditEntry | null> {
  const { role, handle } = place;
  const details = { via, organization: handle };
  const event = await admit(tx, { ...key, role, grant: { kind: "rule" }, details, tell });
  await note(tx, key, place);
  return event;
}

/** A request to join by where somebody works at Hugging Face. */
export const huggingFaceOrigin: JoinOrigin = {
  name: via,
  async describe(tx, { organizationId, originId }) {
    const connection = await tx.huggingFaceConnection.findUnique({
      where: { organizationId_subject: { organizationId, subject: originId } },
      select: { name: true, handle: true },
    });
    if (!connection) return "worked in a Hugging Face organization that is connected no longer";
    return `works in ${connection.name} (@${connection.handle}) at Hugging Face`;
  },
  async grant(tx, { organizationId, userId, originId }) {
    const key = { organizationId, userId };
    const place = await findPlace(tx, key, originId);
    if (!place) return null;
    // Somebody who has become a member meanwhile keeps a membership of their own.
    if (!(await findMember(tx, key))) await note(tx, key, place);
    return { role: place.role, details: { organization: place.handle } };
  },
};

async function findPlace(tx: Transaction, key: Key, subject: string): Promise<Place | undefined> {
  const places = await findPlaces(tx, key);
  return places.find(({ connection }) => connection.subject === subject);
}

function findMember(tx: Transaction, key: Key) {
  return tx.membership.findUnique({
    where: { organizationId_userId: key },
    select: { suspendedAt: true },
  });
}

/** By what they came. The membership itself may be made later in the transaction. */
async function note(tx: Transaction, key: Key, { connection, role }: Place): Promise<void> {
  const data = { ...key, connectionSubject: connection.subject, grantedRole: role };
  await tx.huggingFaceMembership.create({ data, select: { userId: true } });
}
