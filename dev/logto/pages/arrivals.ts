import type Koa from "koa";
import type { Database } from "../store/database.ts";
import { presentUser } from "../people/user-body.ts";
import { findApplication } from "../applications/applications.ts";
import { type Arrival, recordSignIn } from "../people/users.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import type { HookEvent } from "../webhooks/events.ts";
import type { Interaction, Interactions } from "./interactions.ts";

/** Ends every sign-in: records it, tells the webhooks, and sends the browser on. */
export function createArrivals(parts: {
  sql: Database;
  delivery: WebhookDelivery;
  interactions: Interactions;
}) {
  const { sql, delivery, interactions } = parts;

  return async (ctx: Koa.Context, interaction: Interaction, arrival: Arrival) => {
    const { user, change, joined = [] } = arrival;
    const applicationId = String(interaction.params["client_id"]);
    const application = await findApplication(sql, applicationId);
    const common = () => ({
      interactionEvent: change === "created" ? "Register" : "SignIn",
      createdAt: new Date().toISOString(),
      userAgent: ctx.get("user-agent") || undefined,
      // It names the sign-in, not the session that it leads to.
      sessionId: interaction.uid,
      application: {
        id: applicationId,
        type: application?.type ?? "Traditional",
        name: application?.name ?? applicationId,
        description: application?.description ?? null,
      },
    });
    const tellChange = (event: HookEvent, details: Record<string, unknown>) =>
      delivery.trigger([{ event, ...common(), applicationId, ip: ctx.ip, ...details }]);

    for (const organizationId of joined)
      await tellChange("Organization.Membership.Updated", {
        organizationId,
        addedUserIds: [user.id],
      });
    if (change === "created") await tellChange("User.Created", { data: presentUser(user) });
    const signedIn = (await recordSignIn(sql, user.id, applicationId)) ?? user;
    // The webhook shows the user before the application is noted as their first one.
    const shown = presentUser({ ...signedIn, applicationId: user.applicationId });
    if (change === "updated") await tellChange("User.Data.Updated", { data: shown });
    const goTo = await interactions.finish(interaction, user.id);
    const event = change === "created" ? "PostRegister" : "PostSignIn";
    const person = { userId: user.id, userIp: ctx.ip, user: shown };
    await delivery.trigger([{ event, ...common(), ...person }]);
    return goTo;
  };
}
