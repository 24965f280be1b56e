import { emailPattern, usernamePattern } from "../people/identifiers.ts";
import type { IdentifierType } from "./sign-in-settings.ts";

export type Identifier = { type: IdentifierType; value: string };

const names = { username: "username", email: "email" };

/** @returns the label of a field for these identifiers */
export function labelIdentifiers(types: IdentifierType[]): string {
  return types.map((type) => (type === "email" ? "Email" : "Username")).join(" / ");
}

/** @returns undefined when the field does not take the text */
export function recognizeIdentifier(text: string, types: IdentifierType[]): Identifier | undefined {
  const written = text.includes("@") ? "email" : "username";
  const type = types.length === 1 ? types[0] : types.find((one) => one === written);
  if (type === undefined) return undefined;
  const fits = type === "email" ? isEmail(text) : findUsernameFault(text) === undefined;
  return fits ? { type, value: text } : undefined;
}

export function isEmail(text: string): boolean {
  return emailPattern.test(text) && text.length <= 128;
}

/** In Logto's words. */
export function describeInvalid(types: IdentifierType[]): string {
  return `The ${types.map((type) => names[type]).join(" or ")} is invalid`;
}

/** @returns why a username is refused, in Logto's words */
export function findUsernameFault(username: string): string | undefined {
  if (username === "") return "Username is required";
  if (/^\d/.test(username)) return "Username should not start with a number";
  if (username.length > 128) return "Username must be at most 128 characters long.";
  return usernamePattern.test(username)
    ? undefined
    : "Username should only contain letters, numbers, or underscores.";
}
