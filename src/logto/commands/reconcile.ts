import { parseArgs } from "node:util";

import { drainJobs } from "../../jobs/worker.ts";
import { adoptOrganization } from "../adopt-organization.ts";
import { describeDrift } from "../describe-drift.ts";
import { listQueue } from "../queue.ts";
import { reconcileEverything } from "../reconcile.ts";
import { syncOrganization } from "../sync-organization.ts";
import { runCommand } from "./run-command.ts";

/** `npm run logto:reconcile`: makes both sides equal now; `-- --dry-run` only lists where they differ. */
const { values } = parseArgs({ options: { "dry-run": { type: "boolean", default: false } } });

await runCommand(async (context) => {
  if (values["dry-run"]) {
    const lines = await describeDrift(context);
    return lines.length === 0 ? "Both sides are equal." : lines.join("\n");
  }
  const report = await reconcileEverything(context);
  const { database, openPool, logger } = context;
  const pool = openPool();
  await drainJobs({ pool, context, logger, kinds: [syncOrganization, adoptOrganization] });
  await pool.end();
  const waiting = (await listQueue(database)).length;
  const counts = Object.entries(report).map(([what, count]) => `${what}: ${count}`);
  return [
    `Compared. ${counts.join(", ")}.`,
    waiting === 0 ? "Nothing waits." : `${waiting} still wait: npm run logto:queue`,
  ].join("\n");
});
