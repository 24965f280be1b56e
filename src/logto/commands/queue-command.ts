import { describeJob, listQueue, retryQueue } from "../sync/queue.ts";
import type { Command } from "./run-command.ts";

const usage = `npm run logto:queue -- [options]

Lists what Logto has not been told or asked yet.

  --retry  has all of it tried again now, what was given up included
  --help   this text
`;

/** `npm run logto:queue`: docs/logto-sync.md. */
export const queueCommand: Command = {
  usage,
  flag: "retry",
  async work({ database }, isRetry) {
    if (isRetry) {
      const count = await retryQueue(database);
      if (count === 0) return "Nothing waits for another try.";
      return `${count} ${count === 1 ? "job is" : "jobs are"} tried again, by an application that runs.`;
    }
    const jobs = await listQueue(database);
    if (jobs.length === 0) return "Nothing waits.";
    const now = new Date();
    return jobs.map((job) => describeJob(job, now)).join("\n");
  },
};
