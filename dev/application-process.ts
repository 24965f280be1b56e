import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { formatSeconds, relay, sayFault, sayStep } from "./terminal.ts";

export type ApplicationOptions = { folder: string; port: number; environment: NodeJS.ProcessEnv };

/**
 * src/main.ts as a child process. When it ends by itself (a syntax error, a faulty configuration), that is said, and it
 * waits for the next `restart()`.
 */
export class ApplicationProcess {
  /** Settles when the application answers for the first time. */
  readonly whenUp: Promise<unknown>;
  readonly #up = new EventTarget();
  readonly #options: ApplicationOptions;
  #child: ChildProcess;
  #hasBeenUp = false;
  #isRestartDue = false;
  #isStopping = false;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.whenUp = once(this.#up, "up");
    this.#child = this.#launch();
  }

  /** Ends it and starts it anew; asked again before it has ended, once only. */
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
      // Not in our process group: Ctrl-C reaches us alone, and we stop it before what it needs.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const output of [child.stdout, child.stderr]) {
      if (output) createInterface({ input: output }).on("line", (line) => relay("app", line));
    }
    child.on("close", (code, signal) => {
      if (this.#isStopping || this.#isRestartDue || child !== this.#child) return;
      const how = signal ?? `code ${code}`;
      sayFault(`The application ended (${how}). Save a file in src/ to start it again.`);
    });
    void this.#announceUp(child);
    return child;
  }

  async #announceUp(child: ChildProcess): Promise<void> {
    const begun = performance.now();
    while (!(await answers(this.#options.port))) {
      if (hasEnded(child)) return;
      await sleep(40);
    }
    // The answer of the one before it, or of another program, does not count.
    if (hasEnded(child)) return;
    if (this.#hasBeenUp)
      sayStep(`Application restarted ${formatSeconds(performance.now() - begun)}`);
    this.#hasBeenUp = true;
    this.#up.dispatchEvent(new Event("up"));
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/livez`;
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, patience: number): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, "exit");
  const impatience = setTimeout(() => child.kill("SIGKILL"), patience);
  child.kill("SIGTERM");
  await exited;
  clearTimeout(impatience);
}
