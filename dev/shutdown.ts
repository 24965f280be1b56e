import { setTimeout as sleep } from "node:timers/promises";
import { describeFault } from "./faults.ts";
import { say, sayFault } from "./terminal.ts";

type Stoppable = { stop(): Promise<void> };
type Owned = { name: string; starting: Promise<Stoppable> };

/** Everything that was started, to be stopped in reverse order, also if it has not finished starting. */
export class Shutdown {
  readonly #owned: Owned[] = [];
  #begun = false;
  #isRestarting = false;

  /** Ctrl-C, `kill`, and a closed terminal stop everything in order; a second Ctrl-C stops waiting for it. */
  listen(): void {
    let first = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        first ||= performance.now();
        // npm passes on the signal that the terminal has already sent to all of us: the same wish, not a second one.
        if (this.#begun && performance.now() - first > 700) process.exit(130);
        if (this.#begun) return;
        say("\n  Stopping …");
        void this.begin(0);
      });
    }
  }

  /**
   * Takes charge of something that is being started.
   *
   * @throws {Error} when it fails, or when everything is being stopped by now
   */
  async own<T extends Stoppable>(name: string, starting: Promise<T>): Promise<T> {
    this.#owned.push({ name, starting });
    const started = await starting;
    if (this.#begun) throw new Error("stopped");
    return started;
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  /** What ends now has been told to. */
  get isStopping(): boolean {
    return this.#begun || this.#isRestarting;
  }

  /** Stops everything but what has this name, last started first, so that it can be started anew. */
  async stopAllBut(name: string): Promise<void> {
    this.#isRestarting = true;
    const kept = this.#owned.filter((each) => each.name === name);
    await stopAll(this.#owned.splice(0).filter((each) => each.name !== name));
    this.#owned.push(...kept);
    this.#isRestarting = false;
  }

  /** Stops everything, last started first, and ends the process. */
  async begin(exitCode: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await stopAll(this.#owned);
    process.exit(exitCode);
  }
}

async function stopAll(owned: readonly Owned[]): Promise<void> {
  for (const { name, starting } of owned.toReversed()) {
    const started = await starting.catch(() => undefined);
    const stopping = started?.stop().catch((fault: unknown) => {
      sayFault(`${name}: ${describeFault(fault)}`);
    });
    await Promise.race([stopping, sleep(8_000)]);
  }
}
