import type { Logger } from "pino";

import { jobs } from "../../src/features.ts";
import type { CaughtMail } from "../../dev/mail/caught-mail.ts";
import { startMailCatcher } from "../../dev/mail/server.ts";
import type { Database } from "../../src/database/database.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs } from "../../src/jobs/worker.ts";
import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import { createMailer } from "../../src/mail/mailer.ts";

export type { CaughtMail };

export type PostOffice = {
  /**
   * @param baseUrl for the links in the mails
   * @param logto the Management API for the jobs
   * @param huggingFace the address for the jobs
   * @returns the mails since the last time, the oldest first
   */
  deliver(
    baseUrl: string,
    logto: ManagementApi | null,
    huggingFace: { endpoint: string; secrets: readonly string[] },
  ): Promise<CaughtMail[]>;
  stop(): Promise<void>;
};

/** The real worker and mailer, with the laptop's mail catcher as the mail server. */
export async function openPostOffice({
  databaseUrl,
  database,
  logger,
}: {
  databaseUrl: string;
  database: Database;
  logger: Logger;
}): Promise<PostOffice> {
  const catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
  const pool = openJobPool({ url: databaseUrl, logger });
  let seen = 0;
  return {
    async deliver(baseUrl, logto, huggingFace) {
      const from = "Example <mail@product.example>";
      const mailer = createMailer({ smtpUrl: catcher.smtpUrl, from, baseUrl });
      const context = { database, mailer, logto, huggingFace, baseUrl, logger };
      await drainJobs({ kinds: jobs, pool, context, logger });
      mailer.close();
      const fresh = catcher.messages().filter(({ id }) => id > seen);
      seen = Math.max(seen, ...fresh.map(({ id }) => id));
      return fresh.toReversed();
    },
    async stop() {
      await pool.end();
      await catcher.stop();
    },
  };
}
