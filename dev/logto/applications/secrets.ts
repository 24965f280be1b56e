import { randomInt, timingSafeEqual, createHash } from "node:crypto";
import type { Queryable } from "../store/database.ts";

export type ApplicationSecret = {
  applicationId: string;
  name: string;
  value: string;
  createdAt: Date;
  expiresAt: Date | null;
};

/** What Logto calls the one that an application is born with. */
export const defaultSecret = "Default secret";

const secretColumns = (sql: Queryable) => sql`
  application_id as "applicationId", name, value, created_at as "createdAt", expires_at as "expiresAt"`;

export async function listSecrets(
  sql: Queryable,
  applicationId: string,
): Promise<ApplicationSecret[]> {
  const secrets = await sql<ApplicationSecret[]>`
    select ${secretColumns(sql)} from application_secrets
    where application_id = ${applicationId} order by name`;
  return [...secrets];
}

/** Undefined when the application has one of that name. */
export async function createSecret(
  sql: Queryable,
  applicationId: string,
  { name, expiresAt = null }: { name: string; expiresAt?: Date | null },
): Promise<ApplicationSecret | undefined> {
  const [secret] = await sql<ApplicationSecret[]>`
    insert into application_secrets (application_id, name, value, expires_at)
    values (${applicationId}, ${name}, ${inventSecret()}, ${expiresAt})
    on conflict do nothing returning ${secretColumns(sql)}`;
  return secret;
}

export async function deleteSecret(
  sql: Queryable,
  applicationId: string,
  name: string,
): Promise<boolean> {
  const rows = await sql`
    delete from application_secrets where application_id = ${applicationId} and name = ${name} returning name`;
  return rows.length > 0;
}

/** Whether it is one of the secrets an application has, and not expired. */
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

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** 32 letters and digits, as Logto's. */
function inventSecret(): string {
  return Array.from({ length: 32 }, () => letters[randomInt(letters.length)]).join("");
}
