import { type HuggingFacePlace, readPerson } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import { type Role, roles } from "../access/roles.ts";
import { findRole } from "./rules.ts";
import { isFresh } from "./account-answer.ts";

/** The entitlement of a person: a connection by which they can join an organization, and the role that it gives them. */
export type Entitlement = {
  connection: HuggingFaceConnection;
  role: Role;
  /** The name of the Hugging Face organization in its addresses, as in the last answer of Hugging Face. */
  handle: string;
  /** Whether the answer of Hugging Face is recent: an older one makes nobody a member. */
  isFresh: boolean;
};

/** The entry of a person in the list of the members of a Hugging Face organization. */
export type Listed = {
  connection: Pick<HuggingFaceConnection, "subject" | "handle" | "name">;
  /** Null if the person is not on the list; the role in it is null if the list has no roles. */
  entry: { role: HuggingFacePlace["role"] } | null;
};

type Work = HuggingFacePlace & { isFresh: boolean };

/** Reads where a person works: from the last answer about them, and from a newer list of the members of one organization. */
async function readWork(tx: Transaction, userId: string, listed?: Listed): Promise<Work[]> {
  const huggingFace = (await readPerson(tx, userId))?.huggingFace;
  const isNew = isFresh(huggingFace?.confirmedAt ?? null);
  const told = (huggingFace?.organizations ?? []).map((work) => ({ ...work, isFresh: isNew }));
  if (!listed) return told;
  const { subject: id, handle, name } = listed.connection;
  const others = told.filter((work) => work.id !== id);
  if (!listed.entry) return others;
  // A list says nothing of a pending single sign-on or a missing second factor.
  const isActive = told.find((work) => work.id === id)?.isActive ?? true;
  const { role } = listed.entry;
  return [...others, { id, handle, name, role, isActive, isFresh: true }];
}

/**
 * Finds the entitlements of a person, the strongest role first: in one organization, inside its scope, or in all organizations,
 * inside the scope of the person.
 */
export async function findEntitlements(
  tx: Transaction,
  { organizationId, userId }: { organizationId?: string; userId: string },
  listed?: Listed,
): Promise<Entitlement[]> {
  const worksIn = await readWork(tx, userId, listed);
  if (worksIn.length === 0) return [];
  const connections = await tx.huggingFaceConnection.findMany({
    where: {
      subject: { in: worksIn.map(({ id }) => id) },
      ...(organizationId !== undefined && { organizationId }),
    },
    orderBy: [{ createdAt: "asc" }, { subject: "asc" }],
  });
  const entitlements = connections.flatMap((connection) => {
    const work = worksIn.find(({ id }) => id === connection.subject);
    const role = work ? findRole(connection, work) : null;
    return work && role ? [{ connection, role, handle: work.handle, isFresh: work.isFresh }] : [];
  });
  return entitlements.toSorted((one, other) => roles.indexOf(one.role) - roles.indexOf(other.role));
}

/** Whether a person is in an organization at Hugging Face that did not tell their role, for example for want of a scope. */
export async function isRoleUnknown(
  tx: Transaction,
  { userId, subject }: { userId: string; subject: string },
  listed?: Listed,
): Promise<boolean> {
  const worksIn = await readWork(tx, userId, listed);
  return worksIn.some(({ id, role, isActive }) => id === subject && isActive && role === null);
}
