import { describe, expect, it } from "vitest";

import { useJobs } from "./job-world.ts";
import { defineNote } from "./note.ts";

const queue = useJobs();

describe("enqueue()", () => {
  it("adds nothing when the transaction is rolled back", async () => {
    const note = defineNote();
    const undone = queue.inTransaction(async (tx) => {
      await note.enqueue(tx, { text: "never" });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await queue.list()).toEqual([]);
    await queue.drain(note);
    expect(note.runs).toEqual([]);
  });

  it("adds no job that could start before the commit", async () => {
    const note = defineNote();
    await queue.inTransaction(async (tx) => {
      await note.enqueue(tx, { text: "later" });
      await queue.drain(note);
      expect(note.runs).toEqual([]);
    });
    await queue.drain(note);
    expect(note.texts()).toEqual(["later"]);
  });

  it("replaces a waiting job of the same key, and no other", async () => {
    const note = defineNote();
    await queue.inTransaction(async (tx) => {
      await note.enqueue(tx, { text: "first" }, { key: "a" });
      await note.enqueue(tx, { text: "other" }, { key: "b" });
      await note.enqueue(tx, { text: "second" }, { key: "a" });
    });
    await queue.drain(note);
    expect(note.texts().toSorted()).toEqual(["other", "second"]);
  });

  it("starts over when a job of the same key has failed meanwhile", async () => {
    const note = defineNote((text) => {
      if (text === "first") throw new Error("no");
    });
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "first" }, { key: "a" }));
    await queue.drain(note);
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "second" }, { key: "a" }));
    expect(await queue.list()).toMatchObject([{ attempts: 0, isDue: true, error: null }]);
    await queue.drain(note);
    expect(note.texts()).toEqual(["first", "second"]);
    expect(await queue.list()).toEqual([]);
  });

  it("delays a job, by the database's clock", async () => {
    const note = defineNote();
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "late" }, { delay: 60 }));
    await queue.drain(note);
    expect(note.runs).toEqual([]);
    await queue.query(
      "update graphile_worker._private_jobs set run_at = run_at - interval '60 seconds'",
    );
    await queue.drain(note);
    expect(note.texts()).toEqual(["late"]);
  });
});

describe("a job", () => {
  it("is done once when there are two workers and many jobs", async () => {
    const note = defineNote();
    const texts = Array.from({ length: 60 }, (_none, index) => String(index));
    const stops = [queue.start([note]), queue.start([note])];
    await queue.inTransaction(async (tx) => {
      for (const text of texts) await note.enqueue(tx, { text });
    });
    await expect.poll(queue.list).toEqual([]);
    await Promise.all(stops.map((stop) => stop(5_000)));
    expect(note.texts().toSorted()).toEqual(texts.toSorted());
  });

  it("has a unique id, the same at each attempt", async () => {
    let attempts = 0;
    const note = defineNote(() => {
      attempts += 1;
      if (attempts < 3) throw new Error("not yet");
    });
    await queue.inTransaction(async (tx) => {
      await note.enqueue(tx, { text: "a" });
    });
    for (let round = 0; round < 3; round += 1) {
      await queue.query("update graphile_worker._private_jobs set run_at = now()");
      await queue.drain(note);
    }
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "b" }));
    await queue.drain(note);
    expect(note.texts()).toEqual(["a", "a", "a", "b"]);
    expect(new Set(note.runs.map(({ id }) => id)).size).toBe(2);
  });

  it("that fails is tried again 25 times in four days, as docs/jobs.md says, and stays in the queue", async () => {
    const note = defineNote(() => Promise.reject(new Error("no luck")));
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "a" }));
    let seconds = 0;
    for (let attempt = 1; attempt <= 25; attempt += 1) {
      await queue.drain(note);
      expect(await queue.list()).toMatchObject([
        { attempts: attempt, isLocked: false, isDue: false, error: "no luck" },
      ]);
      const [row] = await queue.query<{ wait: number }>(
        "select extract(epoch from run_at - now())::float as wait from graphile_worker.jobs",
      );
      if (attempt < 25) seconds += row?.wait ?? 0;
      await queue.query("update graphile_worker._private_jobs set run_at = now()");
    }
    expect(seconds / 86_400).toBeGreaterThan(3.9);
    expect(seconds / 86_400).toBeLessThan(4.1);
    await queue.drain(note);
    expect(note.runs).toHaveLength(25);
    const levels = queue
      .logged()
      .split("\n")
      .filter((line) => line.includes('"job failed"'))
      .map((line) => (JSON.parse(line) as { level: number }).level);
    // Warnings, and at last an error: 40 and 50 are pino's.
    expect(levels).toEqual([...Array.from({ length: 24 }, () => 40), 50]);
  });

  it("that fails stores no more of its error than a log has", async () => {
    const fail = () => {
      throw new Error('Nobody is called "c4n4ry" at ada@c4n4ry.example', { cause: "c4n4ry" });
    };
    await queue.inTransaction((tx) => defineNote(fail).enqueue(tx, { text: "a" }));
    await queue.drain(defineNote(fail));
    expect(await queue.list()).toMatchObject([{ error: "Nobody is called … at …" }]);
    expect(queue.logged()).not.toContain("c4n4ry");
    expect(queue.logged()).toContain('"message":"Nobody is called … at …"');
  });

  it("with an invalid payload fails alone, and the others are done", async () => {
    const note = defineNote();
    await queue.query(
      `select graphile_worker.add_job('test.note', payload) from unnest(array[
         '{"text": 1}', 'null', '[]', '"x"', '{"text": "a", "more": true}', '{}']::json[]) payload`,
    );
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "fine" }));
    await queue.drain(note);
    expect(note.texts()).toEqual(["fine"]);
    const left = await queue.list();
    expect(left).toHaveLength(6);
    expect(left.every(({ attempts, isLocked }) => attempts === 1 && !isLocked)).toBe(true);
  });

  it("of an unknown kind waits for a version that knows it", async () => {
    const note = defineNote();
    await queue.query("select graphile_worker.add_job('test.gone', '{}')");
    await queue.inTransaction((tx) => note.enqueue(tx, { text: "fine" }));
    await queue.drain(note);
    expect(note.texts()).toEqual(["fine"]);
    expect(await queue.list()).toMatchObject([{ kind: "test.gone", attempts: 0, isLocked: false }]);
  });
});
