import { randomUUID } from "node:crypto";

import type { Person, RunningApplication } from "./application.ts";

/** Gives a person an email address. By default, their identity provider vouches for it. */
export async function giveAddress(
  { query }: Pick<RunningApplication, "query">,
  { id }: Pick<Person, "id">,
  { email = `${randomUUID()}@x.example`, isVerified = true } = {},
): Promise<string> {
  await query("update users set email = $2, email_verified = $3 where id = $1", [
    id,
    email,
    isVerified,
  ]);
  return email;
}

/** Links a Hugging Face account to a person. */
export async function linkHuggingFace(
  { query }: Pick<RunningApplication, "query">,
  { id }: Pick<Person, "id">,
  account: { handle?: string; email?: string; isVerified?: boolean; organizations?: unknown },
): Promise<void> {
  const { handle = null, email = null, isVerified = false, organizations = [] } = account;
  await query(
    `insert into identities (user_id, provider, subject, handle, email, email_verified, organizations)
     values ($1, 'huggingface', $2, $3, $4, $5, $6)`,
    [id, randomUUID(), handle, email, isVerified, JSON.stringify(organizations)],
  );
}
