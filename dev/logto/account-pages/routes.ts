import type { Router } from "@koa/router";
import type Provider from "oidc-provider";
import type { HuggingFaceConnector } from "../experience/hugging-face-connector.ts";
import { redirect } from "../pages/addresses.ts";
import { findTotpSecret } from "../people/totp.ts";
import type { Database } from "../store/database.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import { createAccountChange } from "./changes.ts";
import { listOwnTasks } from "./own-tasks.ts";
import { renderOverviewPage } from "./overview-page.tsx";
import { renderDonePage, renderNotFoundPage } from "./pages.tsx";
import { readWanted } from "./signing-in.ts";
import { addSocialTasks } from "./social-tasks.ts";
import { createTasks } from "./tasks.ts";
import { createVisits } from "./visits.ts";

type Parts = {
  provider: Provider;
  sql: Database;
  key: string;
  delivery: WebhookDelivery;
  findConnector: () => Promise<HuggingFaceConnector | undefined>;
  publicOrigin: string;
};

/** The account pages: paths, words and order as at Logto, but plain forms. They use Logto's session. */
export function addAccountRoutes(router: Router, parts: Parts): void {
  const { sql, findConnector, publicOrigin } = parts;
  const visits = createVisits(parts);
  const tasks = createTasks({ router, sql, visits, publicOrigin });
  const change = createAccountChange(parts);

  for (const task of listOwnTasks(sql, change)) tasks.add(task);
  addSocialTasks(router, { tasks, visits, change, findConnector });

  router.get("/account", (ctx) => redirect(ctx, readWanted(ctx)));
  router.get("/account/security", async (ctx) => {
    const visit = await tasks.enter(ctx, null);
    if (!visit) return;
    const connectorId = (await findConnector())?.id;
    const hasApp = (await findTotpSecret(sql, visit.user.id)) !== undefined;
    ctx.body = renderOverviewPage(visit.user, { connectorId, hasApp });
  });
  router.get(/^\/account\/[a-z-]+\/success$/, (ctx) => {
    ctx.body = renderDonePage(undefined);
  });
  router.get(/^\/account\//, (ctx) => {
    ctx.body = renderNotFoundPage();
  });
}
