import { setTimeout as sleep } from "node:timers/promises";
import { describeFault } from "../system/faults.ts";
import { say, sayFault } from "../system/terminal.ts";

type Stoppable = { stop(): Promise<void> };
type Owned = { name: string; starting: Promise<Stoppable> };

/** Services that are stopped together, last started first, also if they have not finished starting. */
export class ServiceGroup {
  readonly #owned: Owned[] = [];
  #isStopping = false;

  /**
   * Takes a service that is being started, and stops it later.
   *
   * @throws {Error} when it fails, or when the group was stopped meanwhile or before
   */
  async own<T extends Stoppable>(name: string, starting: Promise<T>): Promise<T> {
    const owned = { name, starting };
    if (this.#isStopping) await stop(owned);
    else this.#owned.push(owned);
    const started = await starting;
    if (this.#isStopping) throw new Error("stopped");
    return started;
  }

  /** While this is true, services end because they were stopped. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Stops everything, last started first; what is started later is stopped at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const owned of this.#owned.splice(0).toReversed()) await stop(owned);
  }
}

/** Stops every group of services, the newest first, and ends the process. */
export class Shutdown {
  readonly #groups: ServiceGroup[] = [];
  #begun = false;

  /** Ctrl-C, `kill`, and a closed terminal stop everything in order; a second Ctrl-C stops waiting for it. */
  listen(): void {
    let first = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        first ||= performance.now();
        // npm passes on the signal that the terminal has already sent to every process. It does not count twice.
        if (this.#begun && performance.now() - first > 700) process.exit(130);
        if (this.#begun) return;
        say("\n  Stopping …");
        void this.begin(0);
      });
    }
  }

  newGroup(): ServiceGroup {
    const group = new ServiceGroup();
    this.#groups.push(group);
    return group;
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  /** Stops everything, and ends the process. */
  async begin(exitCode: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    for (const group of this.#groups.toReversed()) await group.stop();
    process.exit(exitCode);
  }
}

async function stop({ name, starting }: Owned): Promise<void> {
  const started = await starting.catch(() => undefined);
  const stopping = started?.stop().catch((fault: unknown) => {
    sayFault(`${name}: ${describeFault(fault)}`);
  });
  await Promise.race([stopping, sleep(8_000, undefined, { ref: false })]);
}
