import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database } from "../store/database.ts";
import { send, sign } from "../webhooks/delivery.ts";
import { hookEvents } from "../webhooks/events.ts";
import {
  createHook,
  createSigningKey,
  deleteHook,
  findHook,
  type Hook,
  listHooks,
  updateHook,
} from "../webhooks/hooks.ts";
import { createTestPayload } from "../webhooks/test-payload.ts";
import { emptyChange, ManagementError, notExistsWithId, notFound } from "./errors.ts";
import { readInput } from "./input.ts";

const eventsSchema = z.array(z.enum(hookEvents)).min(1);
// Any text will do for a URL: Logto does not look at it before it sends something there.
const configSchema = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  retries: z.number().optional(),
});
const hookSchema = z.object({
  name: z.string().optional(),
  events: eventsSchema,
  config: configSchema,
  enabled: z.boolean().optional(),
});
const testSchema = z.object({ events: eventsSchema, config: configSchema });

/** Webhooks, under /api/hooks. They are never paged. */
export function addHookRoutes(router: Router, sql: Database): void {
  router.get("/api/hooks", async (ctx) => {
    ctx.body = (await listHooks(sql)).map(presentHook);
  });

  router.post("/api/hooks", async (ctx) => {
    ctx.body = presentHook(await createHook(sql, await readInput(ctx, hookSchema)));
    ctx.status = 201;
  });

  router.get("/api/hooks/:id", async (ctx) => {
    ctx.body = presentHook(await requireHook(sql, ctx));
  });

  router.patch("/api/hooks/:id", async (ctx) => {
    const change = await readInput(ctx, hookSchema.partial());
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    ctx.body = presentHook(orNotFound(await updateHook(sql, idOf(ctx), change)));
  });

  // At once: Logto knows no time in which both keys are good.
  router.patch("/api/hooks/:id/signing-key", async (ctx) => {
    const signingKey = createSigningKey();
    ctx.body = presentHook(orNotFound(await updateHook(sql, idOf(ctx), { signingKey })));
  });

  router.delete("/api/hooks/:id", async (ctx) => {
    if (!(await deleteHook(sql, idOf(ctx)))) throw notFound();
    ctx.status = 204;
  });

  // The one call that waits for the receiver, and tells how it answered.
  router.post("/api/hooks/:id/test", async (ctx) => {
    const { events, config } = await readInput(ctx, testSchema);
    const { signingKey, id } = await requireHook(sql, ctx);
    const hook = { id, signingKey, config };
    for (const event of events) {
      const { outcome, answer } = await send(sign(hook, createTestPayload(event)));
      if (typeof outcome !== "number") {
        const message = `Failed to send test payload to endpoint: ${outcome}.`;
        throw new ManagementError(422, "hook.send_test_payload_failed", message);
      }
      if (outcome >= 400) {
        throw new ManagementError(
          422,
          "hook.endpoint_responded_with_error",
          "Endpoint responded with error.",
          { data: { responseStatus: outcome, responseBody: answer } },
        );
      }
    }
    ctx.status = 204;
  });
}

function presentHook({ id, name, events, config, signingKey, enabled, createdAt }: Hook) {
  return {
    tenantId: "default",
    id,
    name,
    // Of a time when a hook had one event only.
    event: null,
    events,
    config,
    signingKey,
    enabled,
    createdAt: createdAt.getTime(),
  };
}

async function requireHook(sql: Database, ctx: RouterContext): Promise<Hook> {
  const hook = await findHook(sql, idOf(ctx));
  if (!hook) throw notExistsWithId("hooks", idOf(ctx));
  return hook;
}

function orNotFound(hook: Hook | undefined): Hook {
  if (!hook) throw notFound();
  return hook;
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}
