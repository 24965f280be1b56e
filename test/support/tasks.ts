import pino, { type Logger } from "pino";

import { scheduledTasks } from "../../src/features.ts";
import { toJob } from "../../src/jobs/task.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import type { RunningApplication } from "./application.ts";

/** Does one task now, as a worker would. @param name such as `session.purge_expired` */
export async function runTask(
  { database, config }: Pick<RunningApplication, "database" | "config">,
  name: string,
  logger: Pick<Logger, "info" | "warn" | "error"> = pino({ level: "silent" }),
  signal = new AbortController().signal,
): Promise<void> {
  const task = scheduledTasks.find((each) => each.name === name);
  if (!task) throw new Error(`There is no task ${name}.`);
  const { baseUrl, sessions: sessionLimits } = config;
  const mailer = createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl });
  const context = { database, mailer, logto: null, baseUrl, sessionLimits, logger };
  const job = { id: "1", storedId: "1", key: name, isLastAttempt: false, signal };
  await toJob(task).run({}, context, job);
}
