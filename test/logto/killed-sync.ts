import { once } from "node:events";

import pino from "pino";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs } from "../../src/jobs/worker.ts";
import { createManagementApi } from "../../src/logto/client/management-api.ts";
import { reconcile } from "../../src/logto/sync/reconcile.ts";
import { syncOrganization } from "../../src/logto/sync/sync-organization.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { aroundCalls } from "./around-calls.ts";

// A worker in a process of its own that kills itself at its n-th step. There is a step before each call of Logto, before
// each commit, and after each finished job: nothing lasting changes between two of them. If it reaches the end, it prints
// the number of steps.

type Parameters = {
  step: number;
  kind: "sync" | "reconcile";
  url: string;
  baseUrl: string;
  logto: { endpoint: string; resource: string; credentials: { appId: string; appSecret: string } };
};

const parameters: Parameters = JSON.parse(process.argv[2] ?? "");
const { url, baseUrl } = parameters;
const kind = parameters.kind === "sync" ? syncOrganization : reconcile;
const logger = pino({ level: "silent" });

let steps = 0;
function step(): void {
  steps += 1;
  if (steps === parameters.step) process.kill(process.pid, "SIGKILL");
}

const logto = aroundCalls(createManagementApi(parameters.logto), (call) => (step(), call()));

const database = openDatabase({ url, poolSize: 2, logger, slowness: 10 });
const mortal: Database = {
  ...database,
  forOrganization: (organizationId, work) =>
    database.forOrganization(organizationId, async (tx) => {
      const result = await work(tx);
      step();
      return result;
    }),
};

// It begins when its parent closes the input.
process.stdin.resume();
await once(process.stdin, "end");
const pool = openJobPool({ url, logger });
await drainJobs({
  pool,
  logger,
  context: {
    database: mortal,
    mailer: createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl }),
    logto,
    baseUrl,
    logger,
  },
  kinds: [
    {
      name: kind.name,
      lane: kind.lane,
      async run(payload, context, job) {
        await kind.run(payload, context, job);
        step();
      },
    },
  ],
});
await pool.end();
await database.close();
process.stdout.write(String(steps));
