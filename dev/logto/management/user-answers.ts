import type { RouterContext } from "@koa/router";
import { type User, UserConflictError } from "../people/users.ts";
import { ManagementError, notFound } from "./errors.ts";

export function idOf(ctx: RouterContext): string {
  return ctx.params["userId"] ?? "";
}

export function orNotFound(user: User | undefined): User {
  if (!user) throw notFound();
  return user;
}

const conflictMessages = {
  username: "This username is already in use.",
  email: "This email is associated with an existing account.",
  phone: "This phone number is associated with an existing account.",
  identity: "The social account has been associated with an existing account.",
};

/** Names the field somebody else already has. */
export async function orConflict<Result>(change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof UserConflictError)) throw error;
    const { conflict } = error;
    throw new ManagementError(422, `user.${conflict}_already_in_use`, conflictMessages[conflict]);
  }
}
