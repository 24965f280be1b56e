import { setTimeout as wait } from "node:timers/promises";

import type { News } from "./followers.ts";

/** Milliseconds. */
export type Pace = {
  /** Between two signs of life, so that no proxy takes the connection for dead. */
  heartbeat: number;
  /** The longest pause before a stream looks at what it was told: many changes at once then count as one. */
  settling: number;
  /** Until the stream ends and the browser asks anew, as it does whenever one ends. */
  lifetime: number;
  /** In which a page may open its stream and still hear of a change that came since it was made. */
  memory: number;
};

export const usualPace: Pace = {
  heartbeat: 20_000,
  settling: 500,
  lifetime: 3_600_000,
  memory: 3_000,
};

/**
 * Makes a stream of server-sent events (HTML Living Standard, section 9.2): `changed` after a change, `over` when its reader
 * has lost access. It has no other content. A reader who takes nothing is told once of all changes in between.
 *
 * @param mayFollow asks whether the reader still has access; undefined: nobody can tell now. Each event is sent after it has said
 *   so, and each sign of life, since notices are lost while the process cannot listen. If nobody can tell, the stream ends, and
 *   the browser asks for another one
 */
export function createStream(mayFollow: () => Promise<boolean | undefined>, pace: Pace) {
  const told = new Set<News>();
  let wake: (() => void) | undefined;

  async function* send(): AsyncGenerator<string> {
    const end = performance.now() + pace.lifetime;
    yield "retry: 3000\n\n";
    while (performance.now() < end) {
      if (told.size === 0) await pause();
      if (told.size > 0 && !told.has("over")) await wait(Math.random() * pace.settling);
      if (told.has("over")) return;
      const isChanged = told.has("changed");
      told.clear();
      const isAllowed = await mayFollow();
      if (isAllowed === false) yield "data: over\n\n";
      if (!isAllowed) return;
      yield isChanged ? "data: changed\n\n" : ":\n\n";
    }
  }

  async function pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, pace.heartbeat);
    wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  return {
    events: send(),
    tell(news: News): void {
      told.add(news);
      wake?.();
    },
  };
}
