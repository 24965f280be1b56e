import pino from "pino";

import { openDatabase } from "../../src/database/database.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { toJob } from "../../src/jobs/task.ts";
import { startWorker } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { defineNote } from "./note.ts";

// A worker in a process of its own, to be killed in the middle of a job: it says that it has begun, and never ends.

const [url = "", taskName] = process.argv.slice(2);
const baseUrl = "http://localhost";
const logger = pino({ level: "silent" });
const hang = () => {
  process.stdout.write("begun\n");
  return new Promise<void>(() => {});
};
startWorker({
  openPool: () => openJobPool({ url, logger }),
  context: {
    database: openDatabase({ url, poolSize: 1, logger, slowness: 10 }),
    mailer: createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl }),
    baseUrl,
    logger,
  },
  logger,
  kinds: [
    taskName === undefined
      ? defineNote(hang)
      : toJob({ name: taskName, schedule: "0 * * * *", run: hang }),
  ],
});
