import { once } from "node:events";

import { beforeEach, describe, expect, it } from "vitest";

import type { LogtoJobContext } from "../../src/logto/sync/context.ts";
import { dropSuperseded, releaseAbandonedJobs } from "../../src/database/job-pool.ts";
import type { Job } from "../../src/jobs/job.ts";
import { listQueue } from "../../src/logto/commands/queue-command.ts";
import { puttingOff, reconcile, scheduleReconciliation } from "../../src/logto/sync/reconcile.ts";
import { useProcesses } from "../support/processes.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const processes = useProcesses();
const { application } = world;
beforeEach(() => application.query("delete from graphile_worker._private_jobs"));

const list = () =>
  application.query<{ key: string | null; isLocked: boolean; isDead: boolean; seconds: number }>(
    `select key, locked_at is not null as "isLocked", attempts >= max_attempts as "isDead",
            extract(epoch from run_at - now())::float8 as seconds
       from graphile_worker.jobs where task_identifier = 'logto.reconcile' order by id`,
  );
const drop = () => world.withPool((pool) => dropSuperseded(pool, [reconcile.name]));
const schedule = () => scheduleReconciliation.run(application.database.unscoped);

/** A worker in a process of its own is killed after it has begun, when it asks Logto for its organizations. */
async function dieInTheMiddle(): Promise<void> {
  const parameters = world.describeKilled("reconcile", 3);
  const child = processes.start("test/logto/killed-sync.ts", { parameters });
  child.stdin.end();
  await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
}

/** The job, which counts its runs, and those at the same time. */
function watchRuns() {
  const seen = { runs: 0, atOnce: 0, most: 0 };
  const kind: Job<LogtoJobContext> = {
    name: reconcile.name,
    lane: reconcile.lane,
    async run(payload, context, job) {
      seen.runs += 1;
      seen.atOnce += 1;
      seen.most = Math.max(seen.most, seen.atOnce);
      await reconcile.run(payload, context, job);
      seen.atOnce -= 1;
    },
  };
  return { seen, kind };
}

describe("the comparison with Logto, by several instances", () => {
  it("FA24 continues within a minute after its instance was killed, one at a time, and leaves nothing of the killed one", async () => {
    await world.createPair();
    await application.query("delete from graphile_worker._private_jobs");
    await schedule();
    await dieInTheMiddle();

    const [killed, next, ...others] = await list();
    expect(others).toEqual([]);
    expect(killed).toMatchObject({ key: null, isLocked: true });
    expect(next).toMatchObject({ key: "logto:reconcile", isLocked: false, isDead: false });
    expect(next?.seconds).toBeGreaterThan(0);
    expect(next?.seconds).toBeLessThanOrEqual(60);

    const { seen, kind } = watchRuns();
    const instances = [1, 2, 3].map(() => world.startWorker([kind]));
    await world.letPass();
    await expect.poll(() => seen).toMatchObject({ runs: 1, atOnce: 0 });
    // The dead one's job is never done again, also when it is found.
    await application.query(
      "update graphile_worker._private_jobs set locked_at = now() - interval '11 minutes' where key is null",
    );
    await world.withPool(releaseAbandonedJobs);
    expect(await listQueue(application.database)).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ kind: reconcile.name })]),
    );
    await world.letPass();
    await expect.poll(() => seen).toEqual({ runs: 2, atOnce: 0, most: 1 });
    await Promise.all(instances.map((stop) => stop(5_000)));
    await drop();
    expect(await list()).toMatchObject([{ key: "logto:reconcile", isLocked: false }]);
  });

  it("FA24 is one job, however many instances add it, and comes back if it was lost or given up", async () => {
    await Promise.all(Array.from({ length: 20 }, schedule));
    expect(await list()).toHaveLength(1);

    await application.query("delete from graphile_worker._private_jobs");
    await schedule();
    expect(await list()).toMatchObject([{ key: "logto:reconcile", isDead: false }]);

    await application.query("update graphile_worker._private_jobs set attempts = max_attempts");
    await schedule();
    await world.settle();
    // A worker removes the dead one within a minute.
    await drop();
    expect(await list()).toMatchObject([{ key: "logto:reconcile", isDead: false }]);

    // Another instance that starts does not make it start over.
    const readPayload = () =>
      application.query(
        "select payload, run_at from graphile_worker._private_jobs where key = 'logto:reconcile'",
      );
    const before = await readPayload();
    expect(before).toMatchObject([{ payload: { since: expect.any(Number) } }]);
    await schedule();
    expect(await readPayload()).toEqual(before);
  });

  it("FA11 compares everything once Logto is back", async () => {
    await world.createPair();
    await world.provider.stop();
    await schedule();
    await world.settle();
    expect(await list()).toMatchObject([{ key: "logto:reconcile", isDead: false }]);
    const readFull = () =>
      application.query<{ at: number | null }>(
        "select (payload ->> 'fullSince')::float8 as at from graphile_worker._private_jobs where key = 'logto:reconcile'",
      );
    expect(await readFull()).toEqual([{ at: null }]);
    await world.provider.startAgain();
    await world.letPass();
    await world.settle();
    expect(await readFull()).toEqual([{ at: expect.any(Number) }]);
  });
});

describe("puttingOff()", () => {
  it("FA24 postpones the next run for as long as one works, and not after it", async () => {
    let isAtWork = true;
    const seen: boolean[] = [];
    const putOff = () => {
      seen.push(isAtWork);
      return Promise.resolve();
    };
    const work = async () => {
      await expect.poll(() => seen.length).toBeGreaterThan(3);
      return "done";
    };
    expect(await puttingOff(putOff, work, 1)).toBe("done");
    isAtWork = false;
    const failing = puttingOff(putOff, () => Promise.reject(new Error("no")), 1);
    await expect(failing).rejects.toThrow("no");
    expect(seen).not.toContain(false);
  });
});
