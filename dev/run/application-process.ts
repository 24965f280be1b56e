import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { isUnasked } from "./log-lines.ts";
import { isPortFree } from "../system/ports.ts";
import { formatSeconds, relay, sayFault, sayStep } from "../system/terminal.ts";

export type ApplicationOptions = { folder: string; port: number; environment: NodeJS.ProcessEnv };

/**
 * Runs src/main.ts as a child process. When it ends by itself (a syntax error, a faulty configuration), it says so and
 * waits for the next `restart()`.
 */
export class ApplicationProcess {
  /** Settles when the application listens for the first time; rejects with EADDRINUSE when it found its port taken. */
  readonly whenUp: Promise<void>;
  readonly #up = Promise.withResolvers<void>();
  readonly #options: ApplicationOptions;
  #child: ChildProcess;
  #hasBeenUp = false;
  #isRestartDue = false;
  #isStopping = false;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.whenUp = this.#up.promise;
    this.#child = this.#launch();
  }

  /** Ends it and starts it again. Calls before it has ended share one restart. */
  async restart(): Promise<void> {
    if (this.#isRestartDue) return;
    this.#isRestartDue = true;
    await end(this.#child, 2_000);
    this.#isRestartDue = false;
    if (!this.#isStopping) this.#child = this.#launch();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await end(this.#child, 5_000);
  }

  #launch(): ChildProcess {
    const { folder, environment } = this.#options;
    const leash = new URL("leash.ts", import.meta.url).href;
    const child = spawn(process.execPath, ["--import", "tsx", "--import", leash, "src/main.ts"], {
      cwd: folder,
      env: environment,
      // In a process group of its own, Ctrl-C does not reach it: it is stopped before the services that it needs.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const output of [child.stdout, child.stderr]) {
      if (output) this.#relay(createInterface({ input: output }));
    }
    const begun = performance.now();
    // An answer on the port could come from another program, so the application says itself that it is ready.
    child.on("message", (message) => {
      if (message === "ready") this.#announceUp(performance.now() - begun);
    });
    child.on("close", (code, signal) => void this.#announceEnd(child, signal ?? `code ${code}`));
    return child;
  }

  #relay(lines: Interface): void {
    lines.on("line", (line) => {
      if (!isUnasked(line, this.#options.environment["LOG_LEVEL"])) relay("app", line);
    });
  }

  #announceUp(milliseconds: number): void {
    if (this.#hasBeenUp) sayStep(`Application restarted ${formatSeconds(milliseconds)}`);
    this.#hasBeenUp = true;
    this.#up.resolve();
  }

  async #announceEnd(child: ChildProcess, how: string): Promise<void> {
    if (this.#isStopping || this.#isRestartDue || child !== this.#child) return;
    const { port } = this.#options;
    if (!this.#hasBeenUp && !(await isPortFree(port))) {
      const fault = new Error(`Port ${port} is taken by another program.`);
      return this.#up.reject(Object.assign(fault, { code: "EADDRINUSE" }));
    }
    sayFault(`The application ended (${how}). Save a file in src/ to start it again.`);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, timeoutMs: number): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, "exit");
  const timeout = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  child.kill("SIGTERM");
  await exited;
  clearTimeout(timeout);
}
