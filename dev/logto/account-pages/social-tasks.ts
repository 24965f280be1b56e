import { randomBytes } from "node:crypto";
import type { Router } from "@koa/router";
import {
  describeIdentity,
  type HuggingFaceConnector,
  HuggingFaceUnavailableError,
} from "../experience/hugging-face-connector.ts";
import { redirect, textOf } from "../pages/addresses.ts";
import type { AccountChange } from "./changes.ts";
import { renderDonePage, renderFaultPage, renderUnknownConnectorPage } from "./pages.tsx";
import { ifPossible, readReturn, type Tasks } from "./tasks.ts";
import type { Visits } from "./visits.ts";

type Parts = {
  tasks: Tasks;
  visits: Visits;
  change: AccountChange;
  findConnector: () => Promise<HuggingFaceConnector | undefined>;
};

const done = "/account/social/success";

/** Linking and unlinking the account at Hugging Face. Both act at once when the person has proved who they are. */
export function addSocialTasks(router: Router, parts: Parts): void {
  const { tasks, visits, change, findConnector } = parts;

  router.get(done, async (ctx) => {
    ctx.body = renderDonePage((await visits.find(ctx))?.state.returnTo);
  });

  tasks.add({
    path: "/account/social/:connectorId",
    field: "social",
    needsProof: ifPossible,
    async open(ctx, { state }) {
      const connector = await findConnector();
      if (!connector || connector.id !== ctx["params"].connectorId) {
        ctx.body = renderUnknownConnectorPage();
        return;
      }
      state.returnTo = readReturn(ctx);
      state.linking = randomBytes(16).toString("hex");
      redirect(ctx, connector.authorizationUri(state.linking, connector.linkingUri));
    },
  });

  router.get("/account/callback/social/:connectorId", async (ctx) => {
    const visit = await tasks.enter(ctx, "social");
    const connector = await findConnector();
    if (!visit) return;
    const { user, state } = visit;
    const { code } = ctx.query;
    const isExpected = state.linking !== undefined && state.linking === textOf(ctx.query["state"]);
    delete state.linking;
    if (!connector || !isExpected || typeof code !== "string") {
      ctx.body = renderFaultPage("The user's authorization process is unsuccessful.");
      return;
    }
    try {
      const identity = describeIdentity(await connector.fetchProfile(code, connector.linkingUri));
      const identities = { ...user.identities, huggingface: identity };
      const fault = await change(ctx, user, { identities });
      if (fault === undefined) redirect(ctx, done);
      else ctx.body = renderFaultPage(fault);
    } catch (error) {
      if (!(error instanceof HuggingFaceUnavailableError)) throw error;
      ctx.body = renderFaultPage("Hugging Face did not answer as expected. Try again in a moment.");
    }
  });

  tasks.add({
    path: "/account/social/:connectorId/remove",
    field: "social",
    needsProof: ifPossible,
    async open(ctx, { user, state }) {
      state.returnTo = readReturn(ctx);
      const { huggingface: unlinked, ...identities } = user.identities;
      const isLast = user.username === null && user.primaryEmail === null;
      const fault = !unlinked
        ? "The social account has not been registered yet."
        : isLast
          ? "You need to keep at least one identifier in your account."
          : await change(ctx, user, { identities });
      if (fault === undefined) redirect(ctx, done);
      else ctx.body = renderFaultPage(fault);
    },
  });
}
