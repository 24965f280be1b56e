import { z } from "zod";

import { route } from "../tenancy/route.ts";
import type { Database } from "../database/database.ts";
import { json } from "../http/reply.ts";

export type HealthDependencies = {
  unscoped: Database["unscoped"];
  isDraining(): boolean;
  openId: { status(): "up" | "down" };
};

/**
 * What a load balancer and an orchestrator ask. `/livez`: this process runs; it never looks at the
 * database, whose outage a restart would not mend. `/readyz`: send me requests. The identity provider
 * being away does not make us unready: whoever is signed in goes on working.
 */
export function healthRoutes(dependencies: HealthDependencies) {
  const live = route({
    method: "GET",
    path: "/livez",
    access: "public",
    response: z.object({ status: z.literal("alive") }),
    statuses: [200],
    handler: async () => json({ status: "alive" }),
  });

  const ready = route({
    method: "GET",
    path: "/readyz",
    access: "public",
    response: z.object({
      status: z.enum(["ready", "draining", "unavailable"]),
      database: z.enum(["up", "read-only", "down"]),
      identityProvider: z.enum(["up", "down"]),
    }),
    statuses: [200, 503],
    async handler() {
      const database = await lookAt(dependencies.unscoped);
      const isDraining = dependencies.isDraining();
      const status = isDraining ? "draining" : database === "up" ? "ready" : "unavailable";
      return json(
        { status, database, identityProvider: dependencies.openId.status() },
        status === "ready" ? 200 : 503,
      );
    },
  });

  return [live, ready];
}

/** A standby, or a primary that was told to take no changes, could show pages and fail at every form. */
async function lookAt(unscoped: Database["unscoped"]): Promise<"up" | "read-only" | "down"> {
  try {
    const [row] = await unscoped.$queryRaw<{ isReadOnly: boolean }[]>`
      select current_setting('transaction_read_only')::boolean as "isReadOnly"`;
    return row?.isReadOnly ? "read-only" : "up";
  } catch {
    return "down";
  }
}
