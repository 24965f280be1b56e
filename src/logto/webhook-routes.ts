import { route } from "../auth/route.ts";
import type { Database } from "../database/database.ts";
import { readBytes } from "../http/body.ts";
import { defineErrors, httpError } from "../http/errors.ts";
import { keepDelivery } from "./webhook-deliveries.ts";
import { isSignature, isSigned } from "./webhook-signature.ts";

/**
 * The largest that Logto sends names 5000 people added and 5000 removed: a quarter of this. It gives up after ten seconds
 * itself.
 */
const limits = { limit: 1024 * 1024, patience: 5_000 };

const webhookError = defineErrors({
  "webhook.not_signed": {
    status: 401,
    title: "That is not from our identity provider",
    detail: "It is not signed with the key of its webhook, so nothing was done.",
  },
});

/**
 * Where Logto tells that something has changed there.
 *
 * @param options.keys of its webhook; none: there is no such address
 */
export function webhookRoutes({
  database,
  keys,
}: {
  database: Pick<Database, "queryPrepared">;
  keys: readonly string[];
}) {
  return [
    route({
      method: "POST",
      path: "/webhooks/logto",
      access: "public",
      crossSite: true,
      statuses: [200],
      async handler(_input, ctx) {
        if (keys.length === 0) throw httpError("request.not_found");
        const signature = ctx.get("logto-signature-sha-256");
        if (!isSignature(signature)) throw webhookError("webhook.not_signed");
        const bytes = await readBytes(ctx, limits);
        if (!isSigned(bytes, signature, keys)) throw webhookError("webhook.not_signed");
        if (!(await keepDelivery(database, bytes))) throw httpError("request.malformed");
        return { status: 200 };
      },
    }),
  ];
}
