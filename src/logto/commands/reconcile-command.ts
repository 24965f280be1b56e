import { drainJobs } from "../../jobs/worker.ts";
import { adoptOrganization } from "../sync/adopt-organization.ts";
import { describeDrift, type Drift } from "../sync/describe-drift.ts";
import { reconcileEverything } from "../sync/reconcile.ts";
import { compareWithLogto, syncOrganization } from "../sync/sync-organization.ts";
import { listQueue } from "./queue-command.ts";
import { type Command, type SyncCommandContext, withLogto } from "./run-command.ts";

const usage = `npm run logto:reconcile -- [options]

Makes both sides equal now, and lists the changes.

  --dry-run  changes nothing, and lists the differences
  --help     shows this text
`;

/** `npm run logto:reconcile`: docs/logto-sync.md. */
export const reconcileCommand: Command<"dry-run"> = {
  usage,
  flags: ["dry-run"],
  async run({ "dry-run": isDryRun }, terminal) {
    const report = await withLogto(terminal, async (context) => {
      const drift = await describeDrift(context);
      if (!isDryRun) return reconcile(context, drift);
      return drift.map(({ plan }) => plan).join("\n") || "Both sides are equal.";
    });
    terminal.print(`${report}\n`);
  },
};

async function reconcile(context: SyncCommandContext, drift: readonly Drift[]): Promise<string> {
  const report = await reconcileEverything(context);
  const { database, openPool, logger } = context;
  const pool = openPool();
  try {
    await drainJobs({
      pool,
      context,
      logger,
      kinds: [syncOrganization, compareWithLogto, adoptOrganization],
    });
  } finally {
    await pool.end();
  }
  const waiting = (await listQueue(database)).length;
  const changes = drift.map(({ plan, result }) => (waiting === 0 ? result : plan));
  const memberships = drift.filter(({ about }) => about === "membership").length;
  return [
    ...changes,
    `Organizations compared: ${report.organizations}`,
    `Taken in, made at Logto: ${report.adopted}`,
    `Deleted at Logto, left over: ${report.orphans}`,
    `Left alone at Logto: ${report.foreign}`,
    `Memberships changed: ${memberships}`,
    `Accounts changed here: ${report.people + report.machines}`,
    waiting === 0 ? "Nothing waits." : `Not done yet: ${waiting}. See npm run logto:queue`,
  ].join("\n");
}
