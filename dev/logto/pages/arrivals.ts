import type Koa from "koa";
import type { Database } from "../store/database.ts";
import { presentUser } from "../people/user-body.ts";
import { findApplication } from "../applications/applications.ts";
import { type Arrival, recordSignIn } from "../people/users.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import { createSignInEvents } from "../webhooks/sign-in-events.ts";
import type { Interaction, Interactions } from "./interactions.ts";

/** Ends every sign-in: records it, tells the webhooks, and sends the browser on. */
export function createArrivals(parts: {
  sql: Database;
  delivery: WebhookDelivery;
  interactions: Interactions;
}) {
  const { sql, delivery, interactions } = parts;
  const events = createSignInEvents(delivery);

  return async (ctx: Koa.Context, interaction: Interaction, arrival: Arrival) => {
    const { user, change, joined = [] } = arrival;
    const applicationId = String(interaction.params["client_id"]);
    const application = await findApplication(sql, applicationId);
    const signIn = {
      sessionId: interaction.uid,
      interactionEvent: change === "created" ? ("Register" as const) : ("SignIn" as const),
      application: {
        id: applicationId,
        type: application?.type ?? "Traditional",
        name: application?.name ?? applicationId,
        description: application?.description ?? null,
      },
    };
    const memberships = joined.map((organizationId) => ({
      event: "Organization.Membership.Updated" as const,
      details: { organizationId, addedUserIds: [user.id] },
    }));
    await events.change(ctx, signIn, memberships);
    if (change === "created") {
      const details = { data: presentUser(user) };
      await events.change(ctx, signIn, [{ event: "User.Created", details }]);
    }
    const signedIn = (await recordSignIn(sql, user.id, applicationId)) ?? user;
    // The webhook shows the user before the application is noted as their first one.
    const shown = { ...signedIn, applicationId: user.applicationId };
    if (change === "updated") {
      const details = { data: presentUser(shown) };
      await events.change(ctx, signIn, [{ event: "User.Data.Updated", details }]);
    }
    const goTo = await interactions.finish(interaction, user.id);
    await events.done(ctx, signIn, shown);
    return goTo;
  };
}
