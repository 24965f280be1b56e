import { randomInt } from "node:crypto";

const small = "0123456789abcdefghijklmnopqrstuvwxyz";
const all = `${small}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

const draw = (alphabet: string, length: number) =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");

/** Ids as Logto makes them: lower-case letters and digits; 12 for users and organizations, 21 for the rest. */
export const createId = (length: 12 | 21): string => draw(small, length);

/** The secret of an application, or the signing key of a webhook: 32 letters and digits, as Logto's. */
export const createSecretText = (): string => draw(all, 32);
