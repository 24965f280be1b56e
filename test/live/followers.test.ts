import { describe, expect, it } from "vitest";

import { createFollowers, type News } from "../../src/live/followers.ts";
import { streamsInAll } from "../../src/live/limits.ts";

type Hear = { onNotice(notice: string): void; onListening(): void };

/** Followers whose notices a test writes itself. */
function start({ memory = 60_000 } = {}) {
  const heard: Hear[] = [];
  const draining = new AbortController();
  let closed = 0;
  const { add } = createFollowers({
    listen(hear) {
      heard.push(hear);
      return { close: async () => void (closed += 1) };
    },
    draining: draining.signal,
    memory,
  });
  let count = 0;
  return {
    heard,
    drain: () => draining.abort(),
    closed: () => closed,
    follow({ organizationId = "acme", userId = `person-${(count += 1)}`, list = "members" } = {}) {
      const told: News[] = [];
      const leave = add({ organizationId, userId, list, tell: (news) => told.push(news) });
      return { told, leave };
    },
    notice: (text: string) => heard[0]?.onNotice(text),
  };
}

describe("the followers of a process", () => {
  it("share one connection, and look again each time it begins to listen", () => {
    const { heard, follow } = start();
    const [one, other] = [follow(), follow()];
    heard[0]?.onListening();
    expect(heard).toHaveLength(1);
    expect([one.told, other.told]).toEqual([["changed"], ["changed"]]);
  });

  it("hear of a change that came while their page was on the way, and of no older one", () => {
    const lasting = start();
    lasting.follow();
    lasting.notice("members acme");
    lasting.notice("invitations acme");
    expect(lasting.follow().told).toEqual(["changed"]);
    expect(lasting.follow({ organizationId: "other" }).told).toEqual([]);

    const forgetful = start({ memory: 0 });
    forgetful.follow();
    forgetful.notice("members acme");
    expect(forgetful.follow().told).toEqual([]);
  });

  it("doubt their access after a change of members or of their own sessions", () => {
    const { follow, notice } = start();
    const reader = follow({ userId: "ada", list: "invitations" });
    for (const text of [
      "members acme",
      "sessions ada",
      "sessions bob",
      "members other",
      "nonsense",
    ]) {
      notice(text);
    }
    expect(reader.told).toEqual(["doubtful", "doubtful"]);
    reader.leave();
    notice("members acme");
    expect(reader.told).toHaveLength(2);
  });

  it("are a thousand at most, and none once the process is about to stop", () => {
    const { closed, drain, follow } = start();
    const followers = Array.from({ length: streamsInAll.most }, () => follow());
    expect(() => follow()).toThrow(expect.objectContaining({ code: "live.unavailable" }));
    followers[0]?.leave();
    const { told } = follow();
    drain();
    expect([told, closed()]).toEqual([["over"], 1]);
    followers[1]?.leave();
    expect(() => follow()).toThrow(expect.objectContaining({ code: "live.unavailable" }));
  });
});
