import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Account } from "./account.ts";
import { postgresEnvironment } from "./cluster.ts";

export type Server = {
  stop(): Promise<void>;
  /** Settles when the server ends for any reason, with the last lines it wrote. */
  exited: Promise<string[]>;
};

/** A laptop's server: reachable from this machine only, few processes, and UTC wherever the laptop is. */
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "timezone=UTC",
  "log_timezone=UTC",
  "jit=off",
  "io_method=sync",
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_logical_replication_workers=0",
];

/** For data of tests: a crash may cost the last writes, a power cut everything. */
const hasty = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "autovacuum=off",
  "checkpoint_timeout=1h",
  "max_wal_size=4GB",
];

/** Starts the server process; settles when it accepts connections, rejects with its last lines when it ends before. */
export async function launchServer(options: {
  binaries: string;
  data: string;
  port: number;
  account: Account;
  durable: boolean;
  /** They override ours. */
  settings: readonly string[];
  log: (line: string) => void;
}): Promise<Server> {
  const all = [...settings, ...(options.durable ? [] : hasty), ...options.settings];
  const flags = all.flatMap((flag) => ["-c", flag]);
  const child = spawn(
    join(options.binaries, "postgres"),
    ["-D", options.data, "-p", String(options.port), ...flags],
    {
      ...options.account,
      cwd: "/",
      env: postgresEnvironment,
      // In a process group of its own, Ctrl-C does not reach it: it is stopped after everything that needs the database.
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const watchdog = watchOver(child, options.account);
  const lastLines: string[] = [];
  const exited = once(child, "close").then(() => {
    watchdog.kill("SIGKILL");
    return lastLines;
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      options.log(line);
      if (/ready to accept (read-only )?connections/.test(line)) resolve();
    });
    exited.then(() => reject(describeEnd(lastLines)), reject);
  });
  return { stop: () => stop(child), exited };
}

/** The error of a server that did not start; with the code EADDRINUSE when its port was taken. */
function describeEnd(lastLines: readonly string[]): Error {
  const fault = new Error(`PostgreSQL did not start:\n${lastLines.join("\n")}`);
  const isPortTaken = lastLines.some((line) => line.includes("could not bind"));
  return isPortTaken ? Object.assign(fault, { code: "EADDRINUSE" }) : fault;
}

/**
 * Starts a process that ends the server when this one is killed. It waits for the end of its input, which comes when
 * this process is gone for any reason.
 */
function watchOver(server: ChildProcess, account: Account): ChildProcess {
  const script = 'read -r _; kill -INT "$0"';
  return spawn("/bin/sh", ["-c", script, String(server.pid)], {
    ...account,
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}

/** Shuts down fast and cuts clients off. After five seconds, without the final checkpoint. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  const timeout = setTimeout(() => child.kill("SIGQUIT"), 5_000);
  child.kill("SIGINT");
  await closed;
  clearTimeout(timeout);
}
