import { z } from "zod";

import { productName } from "../../runtime/product.ts";
import type { Step } from "./step.ts";

const events = [
  "User.Created",
  "User.Data.Updated",
  "User.SuspensionStatus.Updated",
  "User.Deleted",
  "Organization.Created",
  "Organization.Data.Updated",
  "Organization.Deleted",
  "Organization.Membership.Updated",
] as const;

const hookAnswer = z.object({
  id: z.string(),
  name: z.string(),
  events: z.array(z.string()),
  config: z.looseObject({ url: z.string() }),
  signingKey: z.string().min(1),
  enabled: z.boolean(),
});

const kind = "webhook";

/**
 * Provides the webhook by which Logto tells us of changes: the one with our address, or else with our name.
 *
 * @returns LOGTO_WEBHOOK_SIGNING_KEY; undefined if a dry run would have created it
 */
export async function provisionWebhook({ api, config, ledger }: Step): Promise<string | undefined> {
  const url = `${config.baseUrl}/webhooks/logto`;
  const name = `${productName} ${config.baseUrl}`;
  const hooks = await api.read(z.array(hookAnswer), (client) => client.GET("/api/hooks"));
  const found =
    hooks.find((hook) => hook.config.url === url) ?? hooks.find((hook) => hook.name === name);
  if (!found) {
    const created = await ledger.create(kind, `to ${url}`, () =>
      api.read(hookAnswer, (client) =>
        client.POST("/api/hooks", { body: { name, events: [...events], config: { url } } }),
      ),
    );
    return created?.signingKey;
  }
  const differences = [
    ...(found.config.url === url ? [] : ["address"]),
    ...events.filter((event) => !found.events.includes(event)).map((event) => `+${event}`),
    ...(found.enabled ? [] : ["switched on"]),
  ];
  await ledger.mend(kind, `to ${url}`, differences, () =>
    api.send((client) =>
      client.PATCH("/api/hooks/{id}", {
        params: { path: { id: found.id } },
        body: {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- others may have added events that we do not know
          events: [...new Set([...found.events, ...events])] as (typeof events)[number][],
          config: { ...found.config, url },
          enabled: true,
        },
      }),
    ),
  );
  // While a key is replaced the setting has both, and Logto may use either.
  const keys = config.webhookSigningKey?.split(",").map((key) => key.trim()) ?? [];
  return keys.includes(found.signingKey) ? config.webhookSigningKey : found.signingKey;
}
