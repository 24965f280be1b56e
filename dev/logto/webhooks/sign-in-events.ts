import type Koa from "koa";
import { presentUser } from "../people/user-body.ts";
import type { User } from "../people/users.ts";
import type { WebhookDelivery } from "./delivery.ts";
import type { HookEvent, HookPayload } from "./events.ts";

type SignIn = {
  /** Names the sign-in, not the session that it leads to. */
  sessionId: string;
  interactionEvent: "SignIn" | "Register";
  application: { id: string; type: string; name: string; description: string | null };
};

/** Creates the events of the hosted pages. */
export function createSignInEvents(delivery: WebhookDelivery) {
  return {
    /** Tells of changes by a sign-in: an account was made or updated, an organization joined. */
    change(
      ctx: Koa.Context,
      { sessionId, interactionEvent, application }: SignIn,
      changes: { event: HookEvent; details: Record<string, unknown> }[],
    ): Promise<void> {
      return delivery.trigger(
        changes.map(({ event, details }): HookPayload => ({
          event,
          createdAt: new Date().toISOString(),
          interactionEvent,
          userAgent: ctx.get("user-agent") || undefined,
          applicationId: application.id,
          sessionId,
          ip: ctx.ip,
          application,
          ...details,
        })),
      );
    },
    /** Tells that a user has signed in or signed up. */
    done(
      ctx: Koa.Context,
      { sessionId, interactionEvent, application }: SignIn,
      user: User,
    ): Promise<void> {
      return delivery.trigger([
        {
          event: interactionEvent === "Register" ? "PostRegister" : "PostSignIn",
          interactionEvent,
          createdAt: new Date().toISOString(),
          sessionId,
          userAgent: ctx.get("user-agent") || undefined,
          userId: user.id,
          userIp: ctx.ip,
          user: presentUser(user),
          application,
        },
      ]);
    },
  };
}
