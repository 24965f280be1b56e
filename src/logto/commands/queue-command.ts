import type { Database } from "../../database/database.ts";
import { describeJob, listQueue, retryQueue } from "../sync/queue.ts";
import { type Command, withLogto } from "./run-command.ts";

const usage = `npm run logto:queue -- [options]

Lists what Logto has not been told or asked yet.

  --retry  tries all of it again now, including what was given up
  --help   shows this text
`;

/** `npm run logto:queue`: docs/logto-sync.md. */
export const queueCommand: Command<"retry"> = {
  usage,
  flags: ["retry"],
  async run({ retry }, terminal) {
    const report = await withLogto(terminal, ({ database }) =>
      retry ? tryAgain(database) : describeQueue(database),
    );
    terminal.print(`${report}\n`);
  },
};

async function tryAgain(database: Database): Promise<string> {
  const count = await retryQueue(database);
  if (count === 0) return "Nothing waits for another try.";
  return `${count} ${count === 1 ? "job is" : "jobs are"} tried again, by an application that runs.`;
}

async function describeQueue(database: Database): Promise<string> {
  const now = new Date();
  const jobs = await listQueue(database);
  return jobs.map((job) => describeJob(job, now)).join("\n") || "Nothing waits.";
}
