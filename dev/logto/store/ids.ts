import { randomInt } from "node:crypto";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Ids as Logto makes them: lower-case letters and digits; 12 for users and organizations, 21 for the rest. */
export function createId(length: 12 | 21): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
