import { createHash, timingSafeEqual } from "node:crypto";
import type { Queryable } from "../store/database.ts";
import { createSecretText } from "../store/ids.ts";

export type ApplicationSecret = {
  applicationId: string;
  name: string;
  value: string;
  createdAt: Date;
  expiresAt: Date | null;
};

/** Logto gives this name to the first secret of an application. */
export const defaultSecret = "Default secret";

export async function listSecrets(
  sql: Queryable,
  applicationId: string,
): Promise<ApplicationSecret[]> {
  const secrets = await sql<ApplicationSecret[]>`
    select * from application_secrets where application_id = ${applicationId} order by name`;
  return [...secrets];
}

/** @returns undefined when the application has a secret of that name */
export async function createSecret(
  sql: Queryable,
  applicationId: string,
  { name, expiresAt = null }: { name: string; expiresAt?: Date | null },
): Promise<ApplicationSecret | undefined> {
  const [secret] = await sql<ApplicationSecret[]>`
    insert into application_secrets (application_id, name, value, expires_at)
    values (${applicationId}, ${name}, ${createSecretText()}, ${expiresAt})
    on conflict do nothing returning *`;
  return secret;
}

/** Tells whether an application has this secret, not expired. */
export async function isSecretOf(
  sql: Queryable,
  applicationId: string,
  secret: string,
): Promise<boolean> {
  const secrets = await sql<{ value: string }[]>`
    select value from application_secrets
    where application_id = ${applicationId} and (expires_at is null or expires_at > now())`;
  return secrets.some(({ value }) => timingSafeEqual(digest(value), digest(secret)));
}

const digest = (text: string) => createHash("sha256").update(text).digest();
