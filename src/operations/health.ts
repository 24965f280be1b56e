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
 * Routes for load balancers and orchestrators. `/livez` tells that the process runs; it does not ask the database, since a restart
 * would not end an outage. `/readyz` tells whether to send requests. An outage of the identity provider does not count: people
 * who are signed in can go on working.
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
      const database = await readDatabaseState(dependencies.unscoped);
      const identityProvider = dependencies.openId.status();
      const isDraining = dependencies.isDraining();
      const status = isDraining ? "draining" : database === "up" ? "ready" : "unavailable";
      return json({ status, database, identityProvider }, status === "ready" ? 200 : 503);
    },
  });

  return [live, ready];
}

/** A read-only server (a standby, or a primary that accepts no changes) could show pages, and would fail at every form. */
async function readDatabaseState(unscoped: Database["unscoped"]) {
  try {
    const [row] = await unscoped.$queryRaw<{ isReadOnly: boolean }[]>`
      select current_setting('transaction_read_only')::boolean as "isReadOnly"`;
    return row?.isReadOnly ? "read-only" : "up";
  } catch {
    return "down";
  }
}
