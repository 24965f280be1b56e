import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(
  scrypt,
);
/** The passwords of a stand-in are printed on the console, and tests sign in often, so the cost is low. */
const cost = { N: 1024, r: 8, p: 1 };

/** `scrypt$<salt>$<key>`, in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, 32, cost);
  return `scrypt$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Takes the same time with and without a digest, so that an answer does not tell who has an account. */
export async function verifyPassword(password: string, digest: string | null): Promise<boolean> {
  const [algorithm, salt, key] = (digest ?? "none$$").split("$");
  const actual = await derive(password, Buffer.from(salt ?? "", "base64url"), 32, cost);
  const expected = Buffer.from(key ?? "", "base64url");
  return (
    algorithm === "scrypt" && expected.length === actual.length && timingSafeEqual(actual, expected)
  );
}

/** Logto's default policy as far as the recordings show it: eight characters, no plain sequence or repetition. */
export function findPasswordFault(password: string): string | undefined {
  if (password.length < 8) return "The password is too short: it needs at least 8 characters.";
  const steps = new Set(
    Array.from(
      password.slice(1),
      (_, index) => password.charCodeAt(index + 1) - password.charCodeAt(index),
    ),
  );
  const [step] = steps;
  if (steps.size === 1 && step === 0) return "The password repeats a single character.";
  if (steps.size === 1 && (step === 1 || step === -1)) return "The password is a plain sequence.";
  return undefined;
}
