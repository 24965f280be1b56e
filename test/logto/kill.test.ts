import { once } from "node:events";
import { text } from "node:stream/consumers";

import { describe, expect, it } from "vitest";

import { releaseAbandonedJobs } from "../../src/database/job-pool.ts";
import { describeDrift } from "../../src/logto/sync/describe-drift.ts";
import { listQueue } from "../../src/logto/commands/queue-command.ts";
import { isSlowRun, repetitions } from "../support/endurance.ts";
import { useProcesses } from "../support/processes.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application } = world;
const processes = useProcesses();

/** Does what happens by itself eleven minutes later: the jobs of the killed worker go back, and another one runs them. */
async function recover(): Promise<void> {
  await application.query(
    "update graphile_worker._private_jobs set locked_at = now() - interval '11 minutes' where locked_at is not null",
  );
  await world.withPool(releaseAbandonedJobs);
  await world.letPass();
  await world.settle();
}

/** Starts a worker that waits to begin, and kills itself at its n-th step. */
function prepareWorker(step: number) {
  const parameters = world.describeKilled("sync", step);
  const child = processes.start("test/logto/killed-sync.ts", { parameters });
  return {
    /** @returns null if it was killed; else how many steps there were */
    async work(): Promise<number | null> {
      child.stdin.end();
      const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
      if (child.signalCode === "SIGKILL") return null;
      expect(child.exitCode).toBe(0);
      return Number(output);
    },
  };
}

const countLocked = async () =>
  (await application.query("select from graphile_worker.jobs where locked_at is not null")).length;

describe("kill -9 of a worker", () => {
  it(
    "FA18 between any two steps of telling Logto about a new organization leaves nothing half done, and nothing done twice",
    { timeout: 300_000 },
    async () => {
      const [owner, member] = [await world.createPerson(), await world.createPerson()];
      await world.provider.logto.webhooks.settled();
      await world.settle();
      let steps: number | null = null;
      let worker = prepareWorker(1);
      let killed = 0;
      const stride = isSlowRun() ? 1 : 24;
      for (let step = 1; steps === null; step += stride) {
        const before = await world.console.countOrganizations();
        const organization = await application.createOrganization(owner, `Killed at ${step}`);
        await application.addMember(organization, member, "admin");
        steps = await worker.work();
        // It starts while the rest is done.
        if (steps === null) worker = prepareWorker(step + stride);
        killed += steps === null ? 1 : 0;
        expect(await countLocked()).toBe(steps === null ? 1 : 0);
        await recover();

        expect(await listQueue(application.database)).toEqual([]);
        expect(await world.console.countOrganizations()).toBe(before + 1);
        const logtoId = await world.findLogtoId(organization);
        expect(await world.console.readName(logtoId)).toBe(organization.name);
        expect(await world.readMembersAtLogto(logtoId)).toEqual({
          [owner.subject]: "owner",
          [member.subject]: "admin",
        });
        expect(await world.readNobodysEvents(organization)).toEqual([]);
        expect(await world.countOpen()).toBe(0);
      }
      expect(await describeDrift(world.context)).toEqual([]);
      expect(steps).toBeGreaterThan(12);
      expect(killed).toBe(Math.ceil(steps / stride));
    },
  );
});

describe("kill -9 of an instance", () => {
  it(
    "FA01 while organizations are created loses none that was acknowledged: each has its event, and is linked in the end",
    { timeout: 180_000 },
    async () => {
      // Nobody may create more than ten a day.
      const cookies = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const owner = await world.createPerson();
          return (await application.createSessionCookie(owner)).cookie;
        }),
      );
      const acknowledged: string[] = [];
      const rounds = repetitions(2, 1);
      const each = repetitions(15, 4);
      for (let round = 1; round <= rounds; round += 1) {
        const { child, url } = await processes.startApplication(world.environment);
        let count = 0;
        const create = async () => {
          const name = `Round ${round}, ${(count += 1)}`;
          const cookie = cookies[count % cookies.length] ?? "";
          const answer = await fetch(`${url}/organizations`, {
            method: "POST",
            redirect: "manual",
            headers: { cookie, "sec-fetch-site": "same-origin" },
            body: new URLSearchParams({ name }),
          });
          if (answer.status === 303) acknowledged.push(name);
          if (acknowledged.length >= round * each) child.kill("SIGKILL");
        };
        const keepCreating = async () => {
          while (child.exitCode === null && child.signalCode === null) {
            await create().catch(() => undefined);
          }
        };
        await Promise.all([keepCreating(), keepCreating(), keepCreating(), keepCreating()]);
        expect(child.signalCode).toBe("SIGKILL");
      }
      const stored = await application.query<{ name: string; events: number; members: number }>(
        `select name, (select count(*)::int from audit_events e
                        where e.organization_id = o.id and action = 'organization.created') as events,
                (select count(*)::int from memberships m where m.organization_id = o.id) as members
           from organizations o where name like 'Round %'`,
      );
      expect(stored.map(({ name }) => name)).toEqual(expect.arrayContaining(acknowledged));
      expect(stored.length).toBeGreaterThanOrEqual(rounds * each);
      expect(stored.filter(({ events, members }) => events !== 1 || members !== 1)).toEqual([]);

      await recover();
      expect(await listQueue(application.database)).toEqual([]);
      expect(await world.countOpen()).toBe(0);
      expect(await describeDrift(world.context)).toEqual([]);
      const names = await application.query<{ linked: number }>(
        `select count(l.logto_id)::int as linked from organizations o
           join logto_organizations l on l.organization_id = o.id where name like 'Round %'`,
      );
      expect(names).toEqual([{ linked: stored.length }]);
    },
  );
});
