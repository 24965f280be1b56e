import { type HuggingFacePlace, readPerson } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import { type Role, roles } from "../access/roles.ts";
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

/** What an organization at Hugging Face has just told of somebody: their role, null where it did not tell as what. */
export type Listed = {
  connection: Pick<HuggingFaceConnection, "subject" | "handle" | "name">;
  /** Null: they are not among its members. */
  entry: { role: HuggingFacePlace["role"] } | null;
};

type Work = HuggingFacePlace & { isFresh: boolean };

/** Where somebody works, as it was told of them, or of the members of one organization since. */
async function readWork(tx: Transaction, userId: string, listed?: Listed): Promise<Work[]> {
  const huggingFace = (await readPerson(tx, userId))?.huggingFace;
  const isNew = isFresh(huggingFace?.confirmedAt ?? null);
  const told = (huggingFace?.organizations ?? []).map((work) => ({ ...work, isFresh: isNew }));
  if (!listed) return told;
  const { subject: id, handle, name } = listed.connection;
  const others = told.filter((work) => work.id !== id);
  if (!listed.entry) return others;
  // A list does not tell of a pending sign-on or second factor.
  const isActive = told.find((work) => work.id === id)?.isActive ?? true;
  const { role } = listed.entry;
  return [...others, { id, handle, name, role, isActive, isFresh: true }];
}

/**
 * The places that somebody has by where they work at Hugging Face: in one organization, inside its scope, or in all
 * that the scope of the person themselves shows. The strongest role first.
 */
export async function findPlaces(
  tx: Transaction,
  { organizationId, userId }: { organizationId?: string; userId: string },
  listed?: Listed,
): Promise<Place[]> {
  const worksIn = await readWork(tx, userId, listed);
  if (worksIn.length === 0) return [];
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
    return work && role ? [{ connection, role, handle: work.handle, isFresh: work.isFresh }] : [];
  });
  return places.toSorted((one, other) => roles.indexOf(one.role) - roles.indexOf(other.role));
}

/** Whether somebody is in an organization at Hugging Face, and it was not told as what: for want of a scope, say. */
export async function isUntold(
  tx: Transaction,
  { userId, subject }: { userId: string; subject: string },
  listed?: Listed,
): Promise<boolean> {
  const worksIn = await readWork(tx, userId, listed);
  return worksIn.some(({ id, role, isActive }) => id === subject && isActive && role === null);
}
