import type { Database } from "../database/database.ts";
import { issuerOf } from "../relying-party/discovery.ts";
import type { Feature } from "../tenancy/feature.ts";
import { adoptOrganization, awaitOwner } from "./sync/adopt-organization.ts";
import { deleteUserAtLogto } from "./sync/delete-user.ts";
import { followClaims, followClaimsJob } from "./sync/follow-claims.ts";
import type { LogtoJobContext } from "./sync/context.ts";
import { lookAgain } from "./sync/look-again.ts";
import { reconcile, scheduleReconciliation } from "./sync/reconcile.ts";
import { compareWithLogto, syncOrganization } from "./sync/sync-organization.ts";
import { unlinkAtLogto } from "./sync/unlink-disputed.ts";
import { purgeOldDeliveries } from "./webhooks/deliveries.ts";
import { followWebhook } from "./webhooks/follow-webhook.ts";
import type { WebhookRefusals } from "./webhooks/refusals.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { atLogto } from "./way-to-join.ts";

type Context = {
  config: {
    logto: { endpoint: string; management: object | null; webhookKeys: readonly string[] };
  };
  database: Database;
  webhookRefusals: WebhookRefusals;
};

export const logto: Feature<Context, LogtoJobContext> = {
  jobs: [
    syncOrganization,
    compareWithLogto,
    lookAgain,
    adoptOrganization,
    awaitOwner,
    followClaimsJob,
    reconcile,
    followWebhook,
    deleteUserAtLogto,
    unlinkAtLogto,
  ],
  tasks: [scheduleReconciliation, purgeOldDeliveries],
  build({ config, database, webhookRefusals }) {
    const { endpoint, management, webhookKeys } = config.logto;
    return {
      ...(management && { afterSignIn: followClaims(database), waysToJoin: [atLogto] }),
      routes: () =>
        webhookRoutes({
          database,
          keys: webhookKeys,
          issuer: management && issuerOf(endpoint),
          refusals: webhookRefusals,
        }),
    };
  },
};
