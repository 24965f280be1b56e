import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify, stripVTControlCharacters } from "node:util";

import { cast } from "../../dev/demo/cast.ts";
import { removePostgres } from "../../dev/postgres/postgres.ts";
import { Browser } from "../support/browser.ts";
import { signInAt } from "../support/hosted-pages.ts";
import { findSurvivors, listFamily } from "./processes.ts";

/** The state of the machine. */
export type Circumstances = {
  /** Both cores compute something else. */
  isBusy?: boolean;
  /** Other programs have the usual ports, and answer every request. */
  arePortsTaken?: boolean;
  /** Another program takes the application's port after it was chosen, and answers there. */
  isPortStolen?: boolean;
};

/** Where a laptop's other programs listen: the ports that `npm run dev` prefers. */
const usualPorts = [3000, 3001, 3002, 3003, 3025, 5433];

/**
 * `npm run dev` in a clone of its own, where nothing was generated: waits for its first page, signs in as a demo person
 * over HTTP, presses Ctrl-C, and sees that no process is left.
 *
 * @param project the checkout whose last commit is cloned, with its packages installed
 * @returns the milliseconds from the command to the first page
 * @throws {Error} with the end of what it printed
 */
export async function startAfresh(project: string, circumstances: Circumstances): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "start-"));
  const others = await occupy(circumstances);
  const printed: string[] = [];
  let dev: ChildProcess | undefined;
  try {
    await promisify(execFile)("git", ["clone", "--quiet", project, folder]);
    await symlink(join(project, "node_modules"), join(folder, "node_modules"));
    const begun = performance.now();
    dev = launch(folder, printed);
    if (circumstances.isPortStolen) others.push(await stealPort(folder, dev, printed));
    const url = await waitForAddress(dev, printed);
    const page = await fetch(url);
    if (page.status !== 200) throw new Error(`${url} answered ${page.status}.`);
    const duration = performance.now() - begun;
    await signIn(url);
    await pressControlC(dev);
    return duration;
  } catch (error) {
    const end = stripVTControlCharacters(printed.join("")).split("\n").slice(-40).join("\n");
    throw new Error(`${String(error)}\nIt printed:\n${end}`, { cause: error });
  } finally {
    if (dev?.pid !== undefined && dev.exitCode === null) process.kill(-dev.pid, "SIGKILL");
    await Promise.all(others.map((other) => other.stop()));
    await removePostgres(join(folder, ".dev/postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

/** As a terminal does: in a group of its own, with nothing of ours in the environment. */
function launch(folder: string, printed: string[]): ChildProcess {
  const inherited = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TZ"];
  const dev = spawn("npm", ["run", "dev"], {
    cwd: folder,
    detached: true,
    env: Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const output of [dev.stdout, dev.stderr]) {
    output?.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  }
  return dev;
}

async function waitForAddress(dev: ChildProcess, printed: readonly string[]): Promise<string> {
  const [, url = ""] = await waitFor(/is ready: *(http\S+)/, dev, printed);
  return url;
}

async function waitFor(pattern: RegExp, dev: ChildProcess, printed: readonly string[]) {
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const found = pattern.exec(stripVTControlCharacters(printed.join("")));
    if (found) return found;
    if (dev.exitCode !== null) throw new Error(`It ended with ${dev.exitCode}.`);
    await sleep(20);
  }
  throw new Error(`It never printed ${pattern}.`);
}

async function stealPort(
  folder: string,
  dev: ChildProcess,
  printed: readonly string[],
): Promise<Other> {
  await waitFor(/Style sheet|Prisma client|PostgreSQL on/, dev, printed);
  const { ports } = JSON.parse(await readFile(join(folder, ".dev/state.json"), "utf8"));
  return occupyPort(ports.app);
}

async function signIn(url: string): Promise<void> {
  const browser = new Browser();
  const form = await browser.open(`${url}/sign-in`);
  const [ada] = cast;
  const page = await signInAt(browser, form, {
    identifier: ada?.identifier ?? "",
    password: ada?.password ?? "",
  });
  const isSignedIn = new URL(page.url).origin === url && page.html.includes("Acme Robotics");
  if (!isSignedIn) throw new Error(`Signing in ended at ${page.url}, with status ${page.status}.`);
}

async function pressControlC(dev: ChildProcess): Promise<void> {
  const { pid } = dev;
  if (pid === undefined) throw new Error("It has no process.");
  const family = await listFamily(pid);
  const exited = once(dev, "exit");
  process.kill(-pid, "SIGINT");
  await Promise.race([exited, sleep(20_000, undefined, { ref: false })]);
  if (dev.exitCode === null && dev.signalCode === null) throw new Error("Ctrl-C did not end it.");
  // PostgreSQL's own processes follow it.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await findSurvivors(family)).length === 0) return;
    await sleep(100);
  }
  throw new Error(`Processes are left: ${(await findSurvivors(family)).join(", ")}.`);
}

type Other = { stop(): Promise<unknown> };

async function occupy({ isBusy, arePortsTaken }: Circumstances): Promise<Other[]> {
  const servers = await Promise.all((arePortsTaken ? usualPorts : []).map(occupyPort));
  const burners = Array.from({ length: isBusy ? 2 : 0 }, () =>
    spawn(process.execPath, ["--eval", "for (;;);"], { stdio: "ignore" }),
  );
  return [
    ...servers,
    ...burners.map((burner) => ({
      stop() {
        const exited = once(burner, "exit");
        burner.kill("SIGKILL");
        return exited;
      },
    })),
  ];
}

/** Another program, which serves as well; or the one that is there already. */
async function occupyPort(port: number): Promise<Other> {
  const server = createServer((_request, response) => response.end("not what you think"));
  await new Promise<void>((resolve) => {
    server.once("error", () => resolve()).listen(port, "127.0.0.1", resolve);
  });
  return {
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
