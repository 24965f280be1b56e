import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { releaseAbandonedJobs } from "../../src/database/job-pool.ts";
import { toJob } from "../../src/jobs/task.ts";
import { limitTime } from "../../src/jobs/time-limit.ts";
import { startTcpProxy, type TcpProxy } from "../database/tcp-proxy.ts";
import { isSlowRun } from "../support/endurance.ts";
import { useProcesses } from "../support/processes.ts";
import { makeGate } from "../support/gate.ts";
import { useJobs } from "./job-world.ts";
import { defineNote } from "./note.ts";

const queue = useJobs();
const processes = useProcesses();

const enqueue = (note: ReturnType<typeof defineNote>, text: string) =>
  queue.inTransaction((tx) => note.enqueue(tx, { text }));

/** As it looks so long after a worker was killed. */
const letPass = (time: string) =>
  queue.query("update graphile_worker._private_jobs set locked_at = now() - $1::interval", [time]);

/** Whether no worker is just looking for a job: in between they look twice a second. */
async function isQuiet(): Promise<boolean> {
  const busy = await queue.query(
    `select from pg_stat_activity
      where datname = current_database() and application_name = 'jobs'
        and state_change > clock_timestamp() - interval '200 milliseconds'`,
  );
  return busy.length === 0;
}

/** Collects the errors that would end the process. */
function collectUnhandled() {
  const reasons: unknown[] = [];
  const listen = (reason: unknown) => void reasons.push(reason);
  process.on("unhandledRejection", listen);
  return {
    end(): unknown[] {
      process.off("unhandledRejection", listen);
      return reasons;
    },
  };
}

describe("a worker that is killed", () => {
  it("FA18 leaves its job to another worker, which repeats it with the same id", async () => {
    const note = defineNote();
    await enqueue(note, "a");
    const child = processes.start("test/jobs/killed-worker.ts", { parameters: [queue.url] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");

    expect(await queue.list()).toMatchObject([{ attempts: 1, isLocked: true }]);
    // It could still be at work.
    await letPass("9 minutes");
    await releaseAbandonedJobs(queue.pool);
    await queue.drain(note);
    expect(note.runs).toEqual([]);

    await letPass("11 minutes");
    await releaseAbandonedJobs(queue.pool);
    await queue.drain(note);
    expect(note.texts()).toEqual(["a"]);
    expect(await queue.list()).toEqual([]);
  });

  it("is noticed by running workers by themselves", async () => {
    const note = defineNote();
    await enqueue(note, "a");
    await queue.query(
      `update graphile_worker._private_jobs
          set locked_at = now() - interval '1 hour', locked_by = 'pool-dead', attempts = 1`,
    );
    const stop = queue.start([note]);
    await expect.poll(note.texts).toEqual(["a"]);
    await stop(5_000);
  });
});

describe("stopping a worker", () => {
  it("waits for the running job, and starts no other", async () => {
    const gate = makeGate();
    const note = defineNote((text) => (text === "slow" ? gate.opened : undefined));
    await enqueue(note, "slow");
    const stop = queue.start([note]);
    await expect.poll(note.texts).toEqual(["slow"]);
    await expect.poll(isQuiet).toBe(true);
    const stopped = stop(10_000);
    await enqueue(note, "late");
    gate.open();
    await stopped;
    expect(note.texts()).toEqual(["slow"]);
    expect(await queue.list()).toMatchObject([{ attempts: 0, isLocked: false }]);
  });

  it("returns a job to the queue that does not end in time", async () => {
    const gate = makeGate();
    const note = defineNote(() => gate.opened);
    await enqueue(note, "endless");
    const stop = queue.start([note]);
    await expect.poll(note.texts).toEqual(["endless"]);
    await stop(50);
    expect(await queue.list()).toMatchObject([{ attempts: 1, isLocked: false }]);
    gate.open();
    await queue.query("update graphile_worker._private_jobs set run_at = now()");
    await queue.drain(note);
    expect(note.texts()).toEqual(["endless", "endless"]);
    expect(await queue.list()).toEqual([]);
  });
});

describe("a worker whose database", () => {
  let proxy: TcpProxy;
  // With one, graphile-worker's cron runs, too.
  const task = toJob({ name: "test.task", schedule: "0 * * * *", run: async () => 0 });
  beforeAll(async () => {
    proxy = await startTcpProxy(queue.url);
  });
  afterAll(() => proxy.close());
  // Where graphile-worker says, besides to our log, that one of its workers found the connection closed.
  beforeEach(() => void vi.spyOn(console, "trace").mockReturnValue());
  afterEach(() => vi.mocked(console.trace).mockRestore());

  it("FA05 is away at the start waits for it, logs that once, and then works", async () => {
    const note = defineNote();
    await proxy.cut();
    const stop = queue.start([note, task], proxy.url);
    await expect.poll(queue.logged).toContain("jobs wait for the database");
    await enqueue(note, "a");
    await proxy.restore();
    await expect.poll(note.texts).toEqual(["a"]);
    await stop(5_000);
    expect(queue.logged().match(/jobs wait for the database/g)).toHaveLength(1);
    expect(queue.logged()).toContain("jobs are worked off again");
  });

  it("FA04 goes away in the middle of a job survives that, and repeats the job", async () => {
    const note = defineNote(async (text) => {
      // Once it is done, that cannot be written down.
      if (text === "a" && note.runs.length === 1) await proxy.cut();
    });
    const unhandled = collectUnhandled();
    const stop = queue.start([note, task], proxy.url);
    await enqueue(note, "a");
    await expect.poll(queue.logged).toContain("jobs wait for the database");
    // The job is locked by workers that have ended: nobody has to wait until that is sure.
    await enqueue(note, "b");
    await proxy.restore();
    await expect.poll(note.texts).toHaveLength(3);
    await expect.poll(queue.list).toEqual([]);
    await stop(5_000);
    expect(note.texts().toSorted()).toEqual(["a", "a", "b"]);
    expect(unhandled.end()).toEqual([]);
  });

  it("FA04 goes away at any moment of its start survives that", async () => {
    const unhandled = collectUnhandled();
    for (let moment = 0; moment < 120; moment += isSlowRun() ? 2 : 20) {
      const stop = queue.start([defineNote(), task], proxy.url);
      await wait(moment);
      await proxy.cut();
      await wait(30);
      await stop(5_000);
      await proxy.restore();
    }
    expect(unhandled.end()).toEqual([]);
  });

  it("stays away can be stopped", async () => {
    await proxy.cut();
    const stop = queue.start([defineNote(), task], proxy.url);
    await expect.poll(queue.logged).toContain("jobs wait for the database");
    const began = performance.now();
    await stop(5_000);
    expect(performance.now() - began).toBeLessThan(2_000);
    await proxy.restore();
  });
});

describe("limitTime()", () => {
  it("passes on a result or a failure that comes in time, and fails late work", async () => {
    expect(await limitTime(Promise.resolve("done"), 50)).toBe("done");
    await expect(limitTime(Promise.reject(new Error("no")), 50)).rejects.toThrow("no");
    await expect(limitTime(new Promise(() => {}), 5)).rejects.toThrow("The job took too long.");
  });
});
