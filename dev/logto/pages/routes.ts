import { Router } from "@koa/router";
import type Provider from "oidc-provider";
import type { DemoPerson } from "../people/demo-person.ts";
import type { Database } from "../store/database.ts";
import type { HuggingFaceConnector } from "../experience/hugging-face-connector.ts";
import { findTotpSecret, isTotp } from "../people/totp.ts";
import { findUser } from "../people/users.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import { redirect } from "./addresses.ts";
import { createArrivals } from "./arrivals.ts";
import { createBrowserCookie } from "./browser-cookie.ts";
import { addCodeRoutes } from "./code-routes.ts";
import { grantEverythingAsked } from "./consent.ts";
import { createInteractions } from "./interactions.ts";
import { renderUnknownSessionPage } from "./message-pages.tsx";
import { createProgress, totpPath } from "./progress.ts";
import { addRegisterRoutes } from "./register-routes.ts";
import { addSignInRoutes } from "./sign-in-routes.ts";
import { addSocialRoutes } from "./social-routes.ts";
import { addSsoRoutes } from "./sso-routes.ts";
import { renderFactorsPage, renderTotpPage } from "./step-pages.tsx";
import { createSteps, type Step } from "./steps.ts";

type Parts = {
  provider: Provider;
  sql: Database;
  findConnector: () => Promise<HuggingFaceConnector | undefined>;
  /** Signs cookies and form tokens. */
  key: string;
  /** The people whom the sign-in page offers. */
  people: readonly DemoPerson[];
  publicOrigin: string;
  delivery: WebhookDelivery;
};

const noReset =
  "The stand-in cannot reset passwords. Create another account, or ask the Management API for a new one.";

/** Creates the pages: paths as at a Logto server, but plain forms instead of a JavaScript application. */
export function createPageRoutes(parts: Parts): Router {
  const { provider, sql, findConnector, key, people, publicOrigin, delivery } = parts;
  const router = new Router({ sensitive: true, strict: true });
  const cookie = createBrowserCookie(key, new URL(publicOrigin));
  const interactions = createInteractions(provider, cookie);
  const arrive = createArrivals({ sql, delivery, interactions });
  const shown = { findConnector, people, publicOrigin };
  const steps = createSteps({ router, sql, cookie, interactions, ...shown });
  const progress = createProgress({ sql, interactions, steps, arrive });

  router.get("/", steps.expire);
  router.get("/favicon.ico", (ctx) => {
    ctx.status = 204;
  });
  router.get("/unknown-session", (ctx) => {
    ctx.body = renderUnknownSessionPage();
  });
  router.get("/reset-password", async (ctx) => {
    const interaction = await steps.find(ctx);
    return interaction ? steps.sendBack(ctx, interaction, noReset) : steps.expire(ctx);
  });

  const sso = addSsoRoutes(router, { sql, cookie, publicOrigin, interactions, steps, arrive });
  const codes = addCodeRoutes({ sql, interactions, steps, progress, sso });
  const common = { sql, interactions, steps, progress, sso };
  addSignInRoutes({ ...common, codes, people });
  addRegisterRoutes({ ...common, codes });
  addSocialRoutes(router, { ...common, cookie, findConnector });

  const finish: Step["act"] = async (ctx, { interaction, journey }) => {
    const { userId = "", waiting } = journey;
    const user = await findUser(sql, userId);
    if (!user || user.isSuspended) return { status: 401, fault: "This account is suspended." };
    redirect(ctx, await arrive(ctx, interaction, { user, ...waiting }));
    return undefined;
  };
  steps.add({
    path: "/mfa-onboarding",
    render: renderFactorsPage,
    isReached: ({ waiting, needsTotp }) => waiting !== undefined && !needsTotp,
    act: finish,
  });
  steps.add({
    path: totpPath,
    render: renderTotpPage,
    isReached: ({ waiting, needsTotp = false }) => waiting !== undefined && needsTotp,
    async act(ctx, visit, fields) {
      const secret = await findTotpSecret(sql, visit.journey.userId ?? "");
      const isRight = secret === undefined || isTotp(secret, fields["code"] ?? "");
      return isRight ? finish(ctx, visit, fields) : { status: 422, fault: "Invalid TOTP code." };
    },
  });

  router.get("/consent", async (ctx) => {
    const interaction = await interactions.find(ctx);
    if (interaction?.prompt.name !== "consent") return steps.expire(ctx);
    const grantId = await grantEverythingAsked(provider, interaction);
    redirect(ctx, await interactions.consent(interaction, grantId), 302);
  });

  return router;
}
