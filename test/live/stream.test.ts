import { describe, expect, it } from "vitest";

import { createStream } from "../../src/live/stream.ts";

const pace = { heartbeat: 5, settling: 0, lifetime: 60_000, memory: 0 };

const next = async (events: AsyncGenerator<string>) => (await events.next()).value as unknown;

describe("a stream", () => {
  it("begins with the pause before a browser comes back, and gives a sign of life while nothing happens", async () => {
    const { events } = createStream(async () => true, pace);
    expect([await next(events), await next(events)]).toEqual(["retry: 3000\n\n", ":\n\n"]);
  });

  it("says once what happened several times while its reader took nothing", async () => {
    let asked = 0;
    const { events, tell } = createStream(async () => (asked += 1) > 0, pace);
    await next(events);
    for (let count = 0; count < 50; count += 1) tell("changed");
    expect(await next(events)).toBe("data: changed\n\n");
    expect([await next(events), asked]).toEqual([":\n\n", 2]);
  });

  it("says nothing of a change to a reader who has lost access, and ends", async () => {
    const { events, tell } = createStream(async () => false, pace);
    await next(events);
    tell("changed");
    expect([await next(events), await next(events)]).toEqual(["data: over\n\n", undefined]);
  });

  it("RB16 ends for a reader who has lost access although nothing was told: the process may not be listening", async () => {
    const { events } = createStream(async () => false, pace);
    await next(events);
    expect([await next(events), await next(events)]).toEqual(["data: over\n\n", undefined]);
  });

  it("ends without a word when nobody can tell whether its reader has access", async () => {
    const { events } = createStream(async () => undefined, pace);
    await next(events);
    expect(await next(events)).toBeUndefined();
  });

  it("ends when its time is up, and when it is told so while it waits", async () => {
    const short = createStream(async () => true, { ...pace, lifetime: 0 });
    await next(short.events);
    expect(await short.events.next()).toMatchObject({ done: true });

    const long = createStream(async () => true, { ...pace, heartbeat: 60_000 });
    await next(long.events);
    const end = long.events.next();
    long.tell("over");
    expect(await end).toMatchObject({ done: true });
  });
});
