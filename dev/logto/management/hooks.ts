import { z } from "zod";
import { createSecretText } from "../store/ids.ts";
import { hookEvents } from "../webhooks/events.ts";
import { type Hook, hookTable, listHooks } from "../webhooks/hooks.ts";
import { notExistsWithId } from "./errors.ts";
import { readInput } from "./input.ts";
import { addItem, type Api } from "./resource.ts";

const hookSchema = z.object({
  name: z.string().optional(),
  events: z.array(z.enum(hookEvents)).min(1),
  config: z.object({
    // Any text: Logto does not look at it before it sends something there.
    url: z.string(),
    headers: z.record(z.string(), z.string()).optional(),
    retries: z.number().optional(),
  }),
  enabled: z.boolean().optional(),
});

const path = "/api/hooks";

/** Webhooks. Their list has no pages. */
export function addHookRoutes(api: Api): void {
  const { router, sql } = api;
  router.get(path, async (ctx) => {
    ctx.body = (await listHooks(sql)).map(presentHook);
  });

  router.post(path, async (ctx) => {
    const input = await readInput(ctx, hookSchema);
    const hook = await hookTable.create(sql, { signingKey: createSecretText(), ...input });
    ctx.body = presentHook(hook);
    ctx.status = 201;
  });

  addItem<Hook>(api, {
    path,
    table: hookTable,
    changeSchema: hookSchema.partial(),
    present: presentHook,
    missing: (id) => notExistsWithId("hooks", id),
  });
}

/** `event` is of a time when a hook had one event only. */
function presentHook({ createdAt, ...hook }: Hook) {
  return { tenantId: "default", event: null, ...hook, createdAt: createdAt.getTime() };
}
