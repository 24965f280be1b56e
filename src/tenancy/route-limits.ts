import type { Database } from "../database/database.ts";
import { countUse } from "../limits/limit-counters.ts";
import { clientNetwork } from "../http/ip-address.ts";
import type { CountLimits } from "../http/router.ts";
import type { Actors } from "../tenancy/actor.ts";

/** Counts what routes declare as `limits`, before the work begins: a try counts whether it succeeds or not. */
export function countRouteLimitsWith(unscoped: Database["unscoped"]): CountLimits<Actors> {
  return async (ctx, actor, limits) => {
    const subject = actor?.user.id ?? clientNetwork(ctx.ip);
    for (const limit of limits) await countUse(unscoped, limit, { subject });
  };
}
