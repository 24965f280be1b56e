import { z } from "zod";

import type { Transaction } from "../database/database.ts";
import { displayName } from "./display-name.ts";

/** A person, with everything that can prove who they are. */
export type Person = {
  id: string;
  /** The name to show. */
  name: string;
  /** Addresses that their source vouches for, in the form of `normalizeEmail`. */
  provenEmails: string[];
  /** Addresses that they have given, and no source vouches for. */
  unprovenEmails: string[];
  huggingFace: HuggingFaceIdentity | null;
};

type HuggingFaceIdentity = {
  subject: string;
  handle: string | null;
  organizations: HuggingFacePlace[];
  /** When Hugging Face itself told us where they work; null: never. */
  confirmedAt: Date | null;
};

/** A Hugging Face organization that a person works in. */
export type HuggingFacePlace = z.infer<typeof place>;

const place = z.object({
  /** The organization's subject: its handle and name may change. */
  id: z.string(),
  name: z.string(),
  handle: z.string(),
  /** Null: Hugging Face did not tell. */
  role: z.enum(["admin", "write", "contributor", "read"]).nullable(),
  /** False while they have yet to do its single sign-on, or lack its second factor: then they are no member. */
  isActive: z.boolean(),
});

/** Reads a person. @returns null if their account has been deleted */
export async function readPerson(tx: Transaction, userId: string): Promise<Person | null> {
  return (await readPeople(tx, [userId])).get(userId) ?? null;
}

/** Reads people by their ids; those whose account has been deleted are left out. */
export async function readPeople(
  tx: Transaction,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, Person>> {
  const users = await tx.user.findMany({
    where: { id: { in: [...userIds] }, deletedAt: null },
    select: {
      id: true,
      name: true,
      username: true,
      email: true,
      provenEmail: true,
      identities: {
        select: {
          provider: true,
          subject: true,
          handle: true,
          email: true,
          provenEmail: true,
          organizations: true,
          confirmedAt: true,
        },
        orderBy: { provider: "asc" },
      },
    },
  });
  return new Map(users.map((user) => [user.id, describePerson(user)]));
}

type Source = { email: string | null; provenEmail: string | null };
type Account = Source & { id: string; name: string | null; username: string | null };
type Identity = Source & {
  provider: string;
  subject: string;
  handle: string | null;
  organizations: unknown;
  confirmedAt: Date | null;
};

function describePerson(user: Account & { identities: readonly Identity[] }): Person {
  const sources: Source[] = [user, ...user.identities];
  const proven = new Set(sources.flatMap(({ provenEmail }) => provenEmail ?? []));
  const given = new Set(sources.flatMap(({ email }) => email?.toLowerCase() ?? []));
  const huggingFace = user.identities.find(({ provider }) => provider === "huggingface");
  return {
    id: user.id,
    name: displayName({ ...user, emailVerified: user.provenEmail !== null }),
    provenEmails: [...proven],
    unprovenEmails: [...given].filter((email) => !proven.has(email)),
    huggingFace: huggingFace
      ? {
          subject: huggingFace.subject,
          handle: huggingFace.handle,
          organizations: z.array(place).catch([]).parse(huggingFace.organizations),
          confirmedAt: huggingFace.confirmedAt,
        }
      : null,
  };
}
