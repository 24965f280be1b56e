import type { Database } from "../database.ts";
import { findPasswordFault, verifyPassword } from "../people/passwords.ts";
import { createUser, findUserByIdentifier, UserConflictError } from "../people/users.ts";
import type { Arrival } from "./arrivals.ts";
import { emailPattern, usernamePattern } from "../people/identifiers.ts";

export type Outcome = Arrival | { status: number; fault: string };

/** The sentences and statuses are those of Logto's own sign-in page. */
export async function checkPassword(
  sql: Database,
  { identifier, password }: { identifier: string; password: string },
): Promise<Outcome> {
  const user = await findUserByIdentifier(sql, identifier);
  const isRight = await verifyPassword(password, user?.passwordDigest ?? null);
  if (!user || !isRight) {
    return { status: 422, fault: "Incorrect account or password. Please check your input." };
  }
  if (user.isSuspended) return { status: 401, fault: "This account is suspended." };
  return { user };
}

export async function registerAccount(
  sql: Database,
  { identifier, name, password }: { identifier: string; name: string; password: string },
): Promise<Outcome> {
  const isEmail = identifier.includes("@");
  const fault =
    (isEmail ? findEmailFault(identifier) : findUsernameFault(identifier)) ??
    (name.length > 128 ? "The name is too long." : undefined) ??
    findPasswordFault(password);
  if (fault !== undefined) return { status: 422, fault };
  try {
    const account = isEmail ? { primaryEmail: identifier } : { username: identifier };
    const user = await createUser(sql, { ...account, name: name || null, password });
    return { user, change: "created" };
  } catch (error) {
    if (!(error instanceof UserConflictError)) throw error;
    const taken = isEmail
      ? "This email is associated with an existing account."
      : "This username is already in use.";
    return { status: 422, fault: taken };
  }
}

function findEmailFault(email: string): string | undefined {
  return emailPattern.test(email) && email.length <= 128
    ? undefined
    : "This does not look like an e-mail address.";
}

function findUsernameFault(username: string): string | undefined {
  return usernamePattern.test(username) && username.length <= 128
    ? undefined
    : "A username has only letters, digits and underscores, and does not start with a digit.";
}
