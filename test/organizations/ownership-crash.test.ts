import { once } from "node:events";

import pg from "pg";
import { describe, expect, it, vi } from "vitest";

import { useApplication } from "../support/application.ts";
import { isSlowRun } from "../support/endurance.ts";
import { useProcesses } from "../support/processes.ts";
import { assemble, readOrganization } from "./world.ts";

const application = useApplication();
const processes = useProcesses();

/** An instance in a separate process, as in production, on the same database. */
function startInstance() {
  const { config } = application;
  return processes.startApplication({
    NODE_ENV: "test",
    BASE_URL: application.baseUrl,
    DATABASE_URL: config.database.url,
    SESSION_SECRET: config.sessions.secrets.join(","),
    LOGTO_ENDPOINT: "http://127.0.0.1:9",
    LOGTO_APP_ID: "app",
    LOGTO_APP_SECRET: "secret",
  });
}

type World = Awaited<ReturnType<typeof assemble>>;

/** Transfers the organization to its member, through that instance. @returns the status of the answer */
async function transfer({ url }: { url: string }, { organization, owner, member }: World) {
  const { cookie } = await application.createSessionCookie(owner.person, { authenticationAge: 0 });
  const answer = await fetch(`${url}/o/${organization.slug}/ownership`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ userId: member.person.id }),
  });
  return answer.status;
}

/** Holds the locks of a statement until they are released. */
async function hold(statement: string) {
  const client = new pg.Client({ connectionString: application.config.database.url });
  await client.connect();
  await client.query("begin");
  await client.query(statement);
  return { release: () => client.end() };
}

/** The active connections of the instances to this database, and what they wait for. */
const listWork = () =>
  application.query<{ waits: boolean }>(
    `select wait_event_type is not distinct from 'Lock' as waits from pg_stat_activity
      where datname = current_database() and application_name = 'web' and state <> 'idle'`,
  );

async function seeItWait(): Promise<void> {
  await vi.waitFor(async () => expect(await listWork()).toEqual([{ waits: true }]), {
    timeout: 20_000,
    interval: 5,
  });
}

const readOwners = async ({ organization }: World) => {
  const { rows, events } = await readOrganization(application, organization);
  const memberships = rows["memberships"] as { user_id: string; role: string }[];
  const owners = memberships.filter(({ role }) => role === "owner").map(({ user_id: id }) => id);
  return { owners, actions: events.map(({ action }) => action) };
};

/** The moments at which the transfer is held up, and the lock for each. */
const moments = [
  ["after its changes, at the audit event", "lock table audit_events in access exclusive mode"],
  ["before the first of its changes", "select from memberships where role = 'member' for update"],
] as const;

describe("a transfer of ownership on an instance that is killed", () => {
  it.each(isSlowRun() ? moments : moments.slice(0, 1))(
    "RB13 by kill -9 %s leaves exactly the old state",
    async (_when, statement) => {
      const world = await assemble(application);
      const { organization } = world;
      const instance = await startInstance();
      const before = await readOrganization(application, organization);
      const lock = await hold(statement);
      try {
        const answering = transfer(instance, world).catch(() => "cut");
        await seeItWait();
        const exited = once(instance.child, "exit");
        instance.child.kill("SIGKILL");
        expect((await exited)[1]).toBe("SIGKILL");
        expect(await answering).toBe("cut");
      } finally {
        await lock.release();
      }
      await expect.poll(listWork).toEqual([]);
      expect(await readOrganization(application, organization)).toEqual(before);
      expect((await readOwners(world)).owners).toEqual([world.owner.person.id]);
    },
  );

  it("RB13 leaves exactly the new state if it continues, and the instance is killed after its answer", async () => {
    const world = await assemble(application);
    const instance = await startInstance();
    const lock = await hold("lock table audit_events in access exclusive mode");
    const answering = transfer(instance, world);
    await seeItWait();
    await lock.release();
    expect(await answering).toBe(303);
    const exited = once(instance.child, "exit");
    instance.child.kill("SIGKILL");
    await exited;
    expect(await readOwners(world)).toEqual({
      owners: [world.member.person.id],
      actions: ["organization.ownership_transferred"],
    });
  });
});
