import { once } from "node:events";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { allJobs, scheduledTasks } from "../../src/features.ts";
import { dropSuperseded, releaseAbandonedJobs } from "../../src/database/job-pool.ts";
import { listCronItems, type Task, toJob } from "../../src/jobs/task.ts";
import { useProcesses } from "../support/processes.ts";
import { useJobs } from "./job-world.ts";

const queue = useJobs();
const processes = useProcesses();
const stops: ((timeoutMs: number) => Promise<void>)[] = [];
const name = "test.purge";

/** A task that notes each batch. @param batches how many there are to do */
function defineBatches(batches: number, work: () => void | Promise<void> = () => undefined) {
  const seen = { left: batches, runs: 0 };
  const task: Task = {
    name,
    schedule: "0 * * * *",
    async run() {
      seen.runs += 1;
      await work();
      return seen.left > 0 ? (seen.left -= 1) + 1 : 0;
    },
  };
  return { seen, job: toJob(task) };
}

function startInstance(job: ReturnType<typeof toJob>) {
  const stop = queue.start([job]);
  stops.push(stop);
  return stop;
}

/** As if the task had last been scheduled so long ago. */
const lastScheduled = (time: string) =>
  queue.query(
    `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
     values ($1, now() - interval '1 day', now() - $2::interval)
     on conflict (identifier) do update set last_execution = excluded.last_execution`,
    [name, time],
  );

beforeEach(() => queue.query("delete from graphile_worker._private_known_crontabs"));
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop(5_000))));

describe("a task", () => {
  it("that was due while no instance ran is done once when two start, in batches until none is left", async () => {
    await lastScheduled("3 hours");
    const [first, second] = [defineBatches(3), defineBatches(3)];
    startInstance(first.job);
    startInstance(second.job);
    await expect.poll(() => first.seen.runs + second.seen.runs).toBe(4);
    await expect.poll(queue.list).toEqual([]);
    // Another instance that starts now has nothing to make up for.
    const third = defineBatches(3);
    startInstance(third.job);
    await queue.inTransaction((tx) => tx.$executeRaw`select pg_sleep(0.5)`);
    expect([first.seen.runs + second.seen.runs, third.seen.runs]).toEqual([4, 0]);
  });

  it("is registered at the first start, and does not run before its time", async () => {
    const { seen, job } = defineBatches(1);
    startInstance(job);
    const listKnown = () =>
      queue.query(
        "select identifier, last_execution as last from graphile_worker._private_known_crontabs",
      );
    await expect.poll(listKnown).toEqual([{ identifier: name, last: null }]);
    expect(seen.runs).toBe(0);
  });

  it("is done later by another worker if its own is killed", async () => {
    await lastScheduled("3 hours");
    const child = processes.start("test/jobs/killed-worker.ts", { parameters: [queue.url, name] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { seen, job } = defineBatches(0);
    await queue.query(
      "update graphile_worker._private_jobs set locked_at = now() - interval '11 minutes'",
    );
    startInstance(job);
    await expect.poll(() => seen.runs).toBe(1);
    await expect.poll(queue.list).toEqual([]);
  });

  it("that a stop of the application interrupts stays in the queue", async () => {
    await lastScheduled("3 hours");
    let stop: Promise<void> | undefined;
    const { seen, job } = defineBatches(100, () => {
      stop ??= stops[0]?.(5_000);
    });
    startInstance(job);
    await expect.poll(() => seen.runs).toBe(1);
    await stop;
    expect(seen.runs).toBe(1);
    expect(await queue.list()).toMatchObject([
      { kind: name, attempts: 1, isLocked: false, error: "The application was stopped." },
    ]);
  });

  it("that fails is tried again, and its next run replaces the failed one", async () => {
    const failing = defineBatches(0, () => Promise.reject(new Error("no")));
    const add = () => queue.query("select graphile_worker.add_job($1, job_key => $1)", [name]);
    await add();
    await queue.drain(failing.job);
    expect(await queue.list()).toMatchObject([{ attempts: 1, error: "no", isDue: false }]);
    await add();
    expect(await queue.list()).toMatchObject([{ attempts: 0, error: null, isDue: true }]);
  });

  it("that was killed and replaced by its next run leaves nothing behind", async () => {
    const add = () => queue.query("select graphile_worker.add_job($1, job_key => $1)", [name]);
    await add();
    await queue.query(
      "update graphile_worker._private_jobs set locked_at = now() - interval '11 minutes', locked_by = 'dead', attempts = 1",
    );
    await add();
    await releaseAbandonedJobs(queue.pool);
    await dropSuperseded(queue.pool, [name]);
    expect(await queue.list()).toMatchObject([{ key: name, attempts: 0 }]);
  });
});

describe("the tasks of the application", () => {
  it("have unique names and valid schedules", () => {
    const names = allJobs.map((job) => job.name);
    expect(new Set(names).size).toBe(names.length);
    expect(listCronItems(allJobs).map(({ task }) => task)).toEqual(
      scheduledTasks.map((task) => task.name),
    );
  });
});
