import { describe, expect, it } from "vitest";
import { z } from "zod";

import { defineJob } from "../../src/jobs/job.ts";
import { findDelay } from "../../src/jobs/put-off.ts";
import { useJobs } from "./job-world.ts";

describe("findDelay()", () => {
  it.each([
    [0, 0.5, 1],
    [1, 1, 2],
    [4, 8, 16],
    [8, 128, 256],
    [9, 150, 300],
    [5_000, 150, 300],
  ])("after %i tries is from %d to %d seconds", (tries, shortest, longest) => {
    expect(findDelay(tries, 0, 0)).toBe(shortest);
    expect(findDelay(tries, 0, 1)).toBe(longest);
  });

  it("FA14 is no shorter than the service asked for, and longer for some jobs than for others", () => {
    expect(findDelay(0, 60, 0)).toBe(60.5);
    expect(findDelay(3, 60, 1)).toBe(68);
  });
});

describe("a job that says when to retry later", () => {
  const queue = useJobs();
  let isAway = true;
  let meanwhile: () => Promise<void> = () => Promise.resolve();
  const seen: string[] = [];
  const call = defineJob({
    name: "test.call",
    lane: "urgent",
    rank: 7,
    payload: z.strictObject({ text: z.string() }),
    retryLater: (error) => (error instanceof Error && error.message === "away" ? 60 : undefined),
    async run({ text }) {
      seen.push(text);
      await meanwhile();
      if (isAway) throw new Error("away");
      if (text === "broken") throw new Error("broken");
    },
  });
  const listStored = () =>
    queue.query(
      `select j.key, j.queue_name as queue, j.priority, j.attempts, j.last_error as error,
              (p.payload ->> 'tries')::int as tries, j.run_at > now() + interval '59 seconds' as "isLater"
         from graphile_worker.jobs j join graphile_worker._private_jobs p using (id)`,
    );
  const makeDue = () => queue.query("update graphile_worker._private_jobs set run_at = now()");

  it("is put off in an outage, without a failed attempt, however long that is", async () => {
    isAway = true;
    await queue.inTransaction((tx) =>
      call.enqueue(tx, { text: "a" }, { key: "a", queue: "calls", share: "ada" }),
    );
    for (const tries of [1, 2, 3]) {
      await queue.drain(call);
      expect(await listStored()).toEqual([
        {
          key: "a",
          queue: "calls",
          priority: 7,
          attempts: 0,
          error: null,
          tries,
          isLater: true,
        },
      ]);
      await makeDue();
    }
    isAway = false;
    await queue.drain(call);
    expect(seen).toEqual(["a", "a", "a", "a"]);
    expect(await queue.list()).toEqual([]);
  });

  it("takes the place of one with the same key that was added meanwhile", async () => {
    isAway = true;
    const enqueue = () =>
      queue.inTransaction((tx) => call.enqueue(tx, { text: "b" }, { key: "b" }));
    await enqueue();
    meanwhile = enqueue;
    await queue.drain(call);
    meanwhile = () => Promise.resolve();
    const rows = await queue.list();
    expect(rows.filter(({ key }) => key === "b")).toMatchObject([{ attempts: 0, isDue: false }]);
  });

  it("fails when the error is another one", async () => {
    isAway = false;
    await queue.inTransaction((tx) => call.enqueue(tx, { text: "broken" }));
    await queue.drain(call);
    expect(await queue.list()).toMatchObject([{ attempts: 1, error: "broken" }]);
  });
});
