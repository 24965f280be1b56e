import { z } from "zod";

import type { SignedIn, Member } from "../tenancy/actor.ts";
import { readPerson } from "../identity/person.ts";
import type { TenantDatabase } from "../database/database.ts";
import { changeAs } from "../tenancy/change-as.ts";
import { createSealer } from "./sealer.ts";
import type { HuggingFaceOrganization } from "./connection.ts";
import { huggingFaceError } from "./errors.ts";
import type { HuggingFaceAccount } from "./account-claims.ts";

/** The time for the round trip to Hugging Face, and again for the choice. */
export const lifetimeSeconds = 600;

const startedBy = {
  organizationId: z.string(),
  userId: z.string(),
  /** The time of the last decision about the person. A newer decision voids what was sealed before. */
  decidedAt: z.string().nullish(),
};

const roundTrip = z.object({
  ...startedBy,
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
});

const choice = z.object({
  ...startedBy,
  subject: z.string(),
  handle: z.string(),
  name: z.string(),
});

/** Seal state that the browser keeps in place of our database: no other browser has it, and nobody can forge it. */
export function createSealers(secrets: readonly string[]) {
  const options = { secrets, lifetimeSeconds };
  return {
    roundTrips: createSealer(roundTrip, { ...options, purpose: "hugging-face round trip" }),
    choices: createSealer(choice, { ...options, purpose: "hugging-face choice" }),
  };
}

/**
 * Finds the person as a member of an organization, for a route without a slug.
 *
 * @throws request.not_found, request.not_permitted
 */
export function findAdmin(database: TenantDatabase, actor: SignedIn, id: string): Promise<Member> {
  return changeAs(
    database,
    { ...actor, organization: { id } },
    "hugging-face:update",
    async (tx, role) => {
      const select = { id: true, slug: true, name: true };
      const organization = await tx.organization.findUniqueOrThrow({ where: { id }, select });
      return { value: { ...actor, organization, role }, event: null };
    },
  );
}

/** Finds the subject of the linked Hugging Face account; null if none is linked. */
export async function findLinkedSubject(
  database: TenantDatabase,
  userId: string,
): Promise<string | null> {
  const person = await database.forUser(userId, (tx) => readPerson(tx, userId));
  return person?.huggingFace?.subject ?? null;
}

/**
 * Lists the organizations that a person may connect: those in which their linked account is an admin.
 *
 * @throws hugging_face.not_linked, hugging_face.other_account, hugging_face.no_admin
 */
export function listAdministered(
  { subject, places }: Pick<HuggingFaceAccount, "subject" | "places">,
  linkedSubject: string | null,
): HuggingFaceOrganization[] {
  if (linkedSubject === null) throw huggingFaceError("hugging_face.not_linked");
  if (subject !== linkedSubject) throw huggingFaceError("hugging_face.other_account");
  const administered = places.filter(({ role, isActive }) => role === "admin" && isActive);
  if (administered.length === 0) throw huggingFaceError("hugging_face.no_admin");
  return administered.map(({ id, handle, name }) => ({ subject: id, handle, name }));
}
