import pino from "pino";

import { openDatabase } from "../../src/database/database.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { startWorker } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { defineNote } from "./note.ts";

// A worker in a process of its own, to be killed in the middle of a job: it says that it has begun, and never ends.

const url = process.argv[2] ?? "";
const baseUrl = "http://localhost";
const logger = pino({ level: "silent" });
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
    defineNote(() => {
      process.stdout.write("begun\n");
      return new Promise(() => {});
    }),
  ],
});
