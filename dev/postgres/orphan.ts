import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../system/faults.ts";
import { readCommand } from "../system/processes.ts";

/** Fast shutdown, immediate shutdown (PostgreSQL manual, "Shutting Down the Server"), and the end; each with its timeout. */
const stages: [NodeJS.Signals, number][] = [
  ["SIGINT", 5_000],
  ["SIGQUIT", 2_000],
  ["SIGKILL", 2_000],
];

/**
 * Ends the PostgreSQL that still runs on this data, left over from a killed run, and removes a `postmaster.pid` that
 * names another process: the system reuses process ids, soonest in containers, and PostgreSQL would refuse to start.
 */
export async function stopOrphan(data: string): Promise<void> {
  const pidFile = join(data, "postmaster.pid");
  const [firstLine] = (await readFile(pidFile, "utf8").catch(() => "")).split("\n");
  const pid = Number(firstLine);
  if (Number.isSafeInteger(pid) && pid > 1 && isServerOf(data, pid)) await stop(data, pid);
  await rm(pidFile, { force: true });
}

async function stop(data: string, pid: number): Promise<void> {
  for (const [signal, timeoutMs] of stages) {
    try {
      process.kill(pid, signal);
    } catch (fault) {
      if (codeOf(fault) === "EPERM") {
        throw new Error(`PostgreSQL (process ${pid}) of another account runs on ${data}.`, {
          cause: fault,
        });
      }
    }
    for (let waited = 0; waited < timeoutMs; waited += 25) {
      if (!isServerOf(data, pid)) return;
      await sleep(25);
    }
  }
}

function isServerOf(data: string, pid: number): boolean {
  const command = readCommand(pid);
  return command.includes("postgres") && command.includes(data);
}
