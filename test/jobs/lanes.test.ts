import { describe, expect, it } from "vitest";

import type { Transaction } from "../../src/database/database.ts";
import { dropEmptyQueues } from "../../src/database/job-pool.ts";
import type { Lane } from "../../src/jobs/job.ts";
import { makeGate } from "../support/gate.ts";
import { useJobs } from "./job-world.ts";
import { defineNote } from "./note.ts";

const queue = useJobs();

describe("a lane", () => {
  it.each([
    ["urgent", ["mail", "slow"]],
    ["mail", ["urgent", "slow"]],
    ["slow", ["urgent", "mail"]],
  ] satisfies [Lane, Lane[]][])(
    "does its jobs while every worker of the others is busy: %s",
    async (lane, others) => {
      const gate = makeGate();
      const blocked = others.map((other) =>
        defineNote(() => gate.opened, { name: `test.${other}`, lane: other }),
      );
      const note = defineNote(undefined, { lane });
      await queue.inTransaction(async (tx) => {
        for (const each of blocked) {
          for (let count = 0; count < 20; count += 1) await each.enqueue(tx, { text: "stuck" });
        }
      });
      const stop = queue.start([...blocked, note]);
      await expect.poll(() => blocked.every(({ runs }) => runs.length >= 2)).toBe(true);
      await queue.inTransaction((tx) => note.enqueue(tx, { text: "free" }));
      await expect.poll(note.texts).toEqual(["free"]);
      gate.open();
      await expect.poll(queue.list).toEqual([]);
      await stop(5_000);
    },
  );
});

describe("within a lane", () => {
  it("does a kind of a lower rank first, whatever was added first", async () => {
    const order: string[] = [];
    const push = (text: string) => void order.push(text);
    const late = defineNote(push, { name: "test.hint", rank: 10 });
    const first = defineNote(push, { name: "test.security" });
    await queue.inTransaction(async (tx) => {
      await late.enqueue(tx, { text: "hint" });
      await first.enqueue(tx, { text: "security" });
    });
    await queue.drain(late, first);
    expect(order).toEqual(["security", "hint"]);
  });

  it("delays the jobs of a person who has many, and nobody else's", async () => {
    const note = defineNote();
    await queue.inTransaction(async (tx) => {
      for (let count = 0; count < 50; count += 1) {
        await note.enqueue(tx, { text: `ada ${count}` }, { share: "mail:ada" });
      }
      await note.enqueue(tx, { text: "bob" }, { share: "mail:bob" });
      await note.enqueue(tx, { text: "nobody" });
    });
    await queue.drain(note);
    expect(note.texts().slice(0, 3).toSorted()).toEqual(["ada 0", "bob", "nobody"]);
    expect(note.texts().slice(3)).toEqual(
      Array.from({ length: 49 }, (_, index) => `ada ${index + 1}`),
    );
  });

  it("does not count the job that a new job of the same key replaces", async () => {
    const note = defineNote();
    const options = { key: "a", share: "ada" };
    for (const text of ["first", "second", "third"]) {
      await queue.inTransaction((tx) => note.enqueue(tx, { text }, options));
    }
    const rows = await queue.query("select priority from graphile_worker.jobs");
    expect(rows).toEqual([{ priority: 0 }]);
  });

  it("removes queues without jobs, and not while a transaction adds a job", async () => {
    const note = defineNote();
    const add = (text: string) => (tx: Transaction) => note.enqueue(tx, { text }, { queue: text });
    const listQueues = () =>
      queue.query("select queue_name as name from graphile_worker._private_job_queues order by 1");
    await queue.inTransaction(add("done"));
    await queue.drain(note);
    await queue.inTransaction(async (tx) => {
      await add("added")(tx);
      await expect(dropEmptyQueues(queue.pool)).rejects.toThrow("could not obtain lock");
    });
    await queue.drain(note);
    await queue.inTransaction(add("waits"));
    await dropEmptyQueues(queue.pool);
    expect(await listQueues()).toEqual([{ name: "waits" }]);
  });

  it("does the jobs of one queue one after the other", async () => {
    let atOnce = 0;
    let most = 0;
    const note = defineNote(async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce -= 1;
    });
    await queue.inTransaction(async (tx) => {
      for (const text of ["a", "b", "c", "d"]) await note.enqueue(tx, { text }, { queue: "one" });
    });
    const stop = queue.start([note]);
    await expect.poll(queue.list).toEqual([]);
    await stop(5_000);
    expect(note.runs).toHaveLength(4);
    expect(most).toBe(1);
  });
});
