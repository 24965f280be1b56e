import { parseArgs } from "node:util";

import { describeJob, listQueue, retryQueue } from "../queue.ts";
import { runCommand } from "./run-command.ts";

/** `npm run logto:queue`: what Logto has not been told yet; `-- --retry` has it tried again now. */
const { values } = parseArgs({ options: { retry: { type: "boolean", default: false } } });

await runCommand(async ({ database }) => {
  if (values.retry) {
    const count = await retryQueue(database);
    return `${count} ${count === 1 ? "job is" : "jobs are"} tried again, by an application that runs.`;
  }
  const jobs = await listQueue(database);
  if (jobs.length === 0) return "Nothing waits.";
  const now = new Date();
  return jobs.map((job) => describeJob(job, now)).join("\n");
});
