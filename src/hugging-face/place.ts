import { readPerson } from "../auth/person.ts";
import type { Transaction } from "../database/database.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import { type Role, roles } from "../memberships/roles.ts";
import { findRole } from "./rules.ts";
import { isFresh } from "./word.ts";

/** By what somebody may belong to an organization: a connection, and the role that it gives them. */
export type Place = {
  connection: HuggingFaceConnection;
  role: Role;
  /** What the Hugging Face organization is called now, as far as it has told us. */
  handle: string;
  /** Whether Hugging Face has told it lately: without that nobody is taken in by it. */
  isFresh: boolean;
};

/**
 * The places that somebody has by where they work at Hugging Face: in one organization, inside its scope, or in all
 * that the scope of the person themselves shows. The strongest role first.
 */
export async function findPlaces(
  tx: Transaction,
  { organizationId, userId }: { organizationId?: string; userId: string },
): Promise<Place[]> {
  const person = await readPerson(tx, userId);
  const worksIn = person?.huggingFace?.organizations ?? [];
  if (worksIn.length === 0) return [];
  const isNew = isFresh(person?.huggingFace?.confirmedAt ?? null);
  const connections = await tx.huggingFaceConnection.findMany({
    where: {
      subject: { in: worksIn.map(({ id }) => id) },
      ...(organizationId !== undefined && { organizationId }),
    },
    orderBy: [{ createdAt: "asc" }, { subject: "asc" }],
  });
  const places = connections.flatMap((connection) => {
    const work = worksIn.find(({ id }) => id === connection.subject);
    const role = work ? findRole(connection, work) : null;
    return work && role ? [{ connection, role, handle: work.handle, isFresh: isNew }] : [];
  });
  return places.toSorted((one, other) => roles.indexOf(one.role) - roles.indexOf(other.role));
}

/** Whether somebody is in an organization at Hugging Face, and it was not told as what: for want of a scope, say. */
export async function isUntold(
  tx: Transaction,
  { userId, subject }: { userId: string; subject: string },
): Promise<boolean> {
  const person = await readPerson(tx, userId);
  const worksIn = person?.huggingFace?.organizations ?? [];
  return worksIn.some(({ id, role, isActive }) => id === subject && isActive && role === null);
}
