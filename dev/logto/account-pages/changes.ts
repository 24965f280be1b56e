import type Koa from "koa";
import { presentUser } from "../people/user-body.ts";
import { updateUser, type User, type UserChange, UserConflictError } from "../people/users.ts";
import type { Database } from "../store/database.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";

const conflicts = {
  username: "This username is already in use.",
  email: "This email is associated with an existing account.",
  phone: "This phone number is associated with an existing account.",
  identity: "The social account has been associated with an existing account.",
};

/** Changes the account of the person who asks, and tells the webhooks, as Logto's Account API does. */
export function createAccountChange({ sql, delivery }: Parts) {
  /** @returns why it was refused, in Logto's words */
  return async (
    ctx: Koa.Context,
    { id }: User,
    change: UserChange,
  ): Promise<string | undefined> => {
    try {
      const user = await updateUser(sql, id, change);
      if (!user) return "The account is gone.";
      const createdAt = new Date().toISOString();
      const sender = { userAgent: ctx.get("user-agent") || undefined, ip: ctx.ip };
      const data = presentUser(user);
      await delivery.trigger([{ event: "User.Data.Updated", createdAt, ...sender, data }]);
      return undefined;
    } catch (error) {
      if (!(error instanceof UserConflictError)) throw error;
      return conflicts[error.conflict];
    }
  };
}

type Parts = { sql: Database; delivery: WebhookDelivery };
export type AccountChange = ReturnType<typeof createAccountChange>;
