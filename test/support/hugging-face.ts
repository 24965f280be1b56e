import { randomBytes } from "node:crypto";

import type { HuggingFacePlace } from "../../src/identity/person.ts";
import type { Rules } from "../../src/hugging-face/rules.ts";
import type { Organization, Person, RunningApplication } from "./application.ts";

/** A subject in the form of Hugging Face. */
export const inventSubject = () => randomBytes(12).toString("hex");

/** A place at Hugging Face, as a sign-in reports it. */
export function placeAt(subject: string, change: Partial<HuggingFacePlace> = {}): HuggingFacePlace {
  return {
    id: subject,
    name: "Orbital Works",
    handle: "orbital-works",
    role: "write",
    isActive: true,
    ...change,
  };
}

/** Links a person with Hugging Face, or replaces their places there, as an answer of Hugging Face at a sign-in does. */
export async function linkHuggingFace(
  application: Pick<RunningApplication, "query">,
  person: Person,
  places: readonly HuggingFacePlace[],
): Promise<void> {
  await application.query(
    `insert into identities (user_id, provider, subject, handle, organizations, confirmed_at, updated_at)
     values ($1, 'huggingface', $2, 'someone', $3::jsonb, now(), now())
     on conflict (user_id, provider)
       do update set organizations = excluded.organizations, confirmed_at = excluded.confirmed_at`,
    [person.id, inventSubject(), JSON.stringify(places)],
  );
}

/** Connects an organization with one at Hugging Face. @returns its subject there */
export async function connectHuggingFace(
  { database }: Pick<RunningApplication, "database">,
  { id: organizationId }: Organization,
  { subject = inventSubject(), ...rules }: Partial<Rules> & { subject?: string } = {},
): Promise<string> {
  await database.forOrganization(organizationId, (tx) =>
    tx.huggingFaceConnection.create({
      data: { organizationId, subject, handle: "orbital-works", name: "Orbital Works", ...rules },
    }),
  );
  return subject;
}
