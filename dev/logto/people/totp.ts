import { createHmac, randomBytes } from "node:crypto";
import type { Queryable } from "../store/database.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Seconds that a code lasts. */
const period = 30;

/** Makes the secret of an authenticator app: 160 bits in base32 (RFC 4648). */
export function createTotpSecret(): string {
  // 32 letters of five bits each; every byte has a letter, and each letter as many bytes.
  return Array.from(randomBytes(32), (byte) => alphabet.charAt(byte % 32)).join("");
}

/** The code of an authenticator app at a time (RFC 6238): six digits, SHA-1, 30 seconds. */
export function computeTotp(secret: string, at = Date.now()): string {
  const bits = Array.from(secret, (letter) =>
    alphabet.indexOf(letter).toString(2).padStart(5, "0"),
  );
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 1000 / period)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Whether it is the code of now, or of the period before or after it. */
export const isTotp = (secret: string, typed: string): boolean =>
  [-1, 0, 1].some(
    (step) => computeTotp(secret, Date.now() + step * period * 1000) === typed.trim(),
  );

export async function findTotpSecret(sql: Queryable, userId: string): Promise<string | undefined> {
  const [row] = await sql<{ secret: string }[]>`
    select secret from totp_secrets where user_id = ${userId}`;
  return row?.secret;
}

export async function keepTotpSecret(
  sql: Queryable,
  userId: string,
  secret: string,
): Promise<void> {
  await sql`
    insert into totp_secrets (user_id, secret) values (${userId}, ${secret})
    on conflict (user_id) do update set secret = excluded.secret`;
}

export async function removeTotpSecret(sql: Queryable, userId: string): Promise<void> {
  await sql`delete from totp_secrets where user_id = ${userId}`;
}
