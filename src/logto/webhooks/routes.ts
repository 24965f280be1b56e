import { route } from "../../tenancy/route.ts";
import type { Database } from "../../database/database.ts";
import { readBytes } from "../../http/body.ts";
import { AppError, defineErrors, httpError } from "../../http/errors.ts";
import { keepDelivery, suspendAtOnce } from "./deliveries.ts";
import type { WebhookRefusals } from "./refusals.ts";
import { isSignature, isSigned } from "./signature.ts";

/** Logto's largest webhook names 5000 people added and 5000 removed: a quarter of this. Logto times out after ten seconds. */
const limits = { limit: 1024 * 1024, timeoutMs: 5_000 };

const webhookError = defineErrors({
  "webhook.not_signed": {
    status: 401,
    title: "That is not from our identity provider",
    detail: "It is not signed with the key of its webhook, so nothing was done.",
  },
});

type Dependencies = {
  database: Pick<Database, "queryPrepared">;
  /** Of the webhook; none: the address does not exist. */
  keys: readonly string[];
  /** Of Logto's users; null: Logto cannot be asked whether a webhook still holds. */
  issuer: string | null;
  refusals: Pick<WebhookRefusals, "note">;
};

/** Receives Logto's webhooks. */
export function webhookRoutes({ database, keys, issuer, refusals }: Dependencies) {
  const refuse = (reason: string, error = webhookError("webhook.not_signed")) => {
    refusals.note(reason);
    return error;
  };
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
        if (!isSignature(signature)) throw refuse("no_signature");
        const bytes = await readBytes(ctx, limits).catch((error: unknown) => {
          if (error instanceof AppError) refusals.note(error.code.replace("request.", ""));
          throw error;
        });
        if (!isSigned(bytes, signature, keys)) throw refuse("wrong_signature");
        const kept = await keepDelivery(database, bytes);
        if (kept === "not_json") throw refuse("not_json", httpError("request.malformed"));
        if (kept === "new" && issuer !== null) await suspendAtOnce(database, issuer, bytes);
        return { status: 200 };
      },
    }),
  ];
}
