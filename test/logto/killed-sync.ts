import { once } from "node:events";

import pino from "pino";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs } from "../../src/jobs/worker.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { reconcile } from "../../src/logto/sync/reconcile.ts";
import { syncOrganization } from "../../src/logto/sync/sync-organization.ts";
import { createMailer } from "../../src/mail/mailer.ts";

// A worker in a process of its own, which kills itself, as nobody can prevent, at its n-th step. It has a step before
// each call of Logto, before each commit, and after each job that was done: between any two of them nothing is changed
// that lasts. At the end, if it comes to that, it says how many there were.

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

const api = createManagementApi(parameters.logto);
const logto: ManagementApi = {
  issuer: api.issuer,
  read: (schema, call) => (step(), api.read(schema, call)),
  send: (call) => (step(), api.send(call)),
  list: (schema, call) => (step(), api.list(schema, call)),
};

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

// Whoever started it says when.
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
