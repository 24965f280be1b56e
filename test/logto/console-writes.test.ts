import pino from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { jobs } from "../../src/all-jobs.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs, startWorker } from "../../src/jobs/worker.ts";
import { hintOrganization } from "../../src/logto/hints.ts";
import type { ManagementApi } from "../../src/logto/management-api.ts";
import { reconcile, scheduleReconciliation } from "../../src/logto/reconcile.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import type { Organization } from "../support/application.ts";
import { useLogto } from "./logto-world.ts";

// What Logto's Console does in several calls, of which Logto tells once, after the first:
// test/fixtures/logto/console-organization-writes.json.

const world = useLogto();
const { application, provider, console: logtoConsole } = world;
const logger = pino({ level: "silent" });
const created = z.object({ id: z.string() });

/** What a worker does that hears of it at once. */
async function hear(): Promise<void> {
  await provider.logto.webhooks.settled();
  await world.settle();
}

/** What it does in the minutes afterwards. */
async function hearLater(): Promise<void> {
  await hear();
  await world.letPass();
  await world.settle();
}

const openPool = () => openJobPool({ url: application.config.database.url, logger });

const jobContext = (logto: ManagementApi) => {
  const { database, baseUrl } = world.context;
  const mailer = createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl });
  return { database, mailer, baseUrl, logger, logto };
};

/** Works off what is due; before its n-th call of Logto something happens there. */
async function workWhile(call: number, happens: () => Promise<void>): Promise<void> {
  let calls = 0;
  const step = async () => {
    calls += 1;
    if (calls === call) await happens();
  };
  const logto: ManagementApi = {
    issuer: world.logto.issuer,
    read: async (schema, send) => (await step(), world.logto.read(schema, send)),
    send: async (send) => (await step(), world.logto.send(send)),
    list: async (schema, send) => (await step(), world.logto.list(schema, send)),
  };
  const pool = openPool();
  await drainJobs({ kinds: jobs, pool, context: jobContext(logto), logger });
  await pool.end();
  expect(calls).toBeGreaterThanOrEqual(call);
}

const readHere = async (organization: Organization, { subject }: { subject: string }) =>
  (await world.readMembers(organization))[subject] ?? null;
const readThere = async (logtoId: string, { subject }: { subject: string }) =>
  (await world.readTwinMembers(logtoId))[subject] ?? null;

describe('"Add members" of the Console, with a role', () => {
  it("ends in that role on both sides, within seconds, while a worker takes the first call in", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount("Ada Byron");
    const stop = startWorker({ kinds: jobs, openPool, context: jobContext(world.logto), logger });
    onTestFinished(() => stop(5_000));
    await logtoConsole.addMember(logtoId, ada);
    await expect.poll(() => readHere(organization, ada), { timeout: 20_000 }).toBe("viewer");
    expect(await readThere(logtoId, ada)).toBe("");
    await logtoConsole.giveRole(logtoId, ada, "admin");
    await expect.poll(() => readHere(organization, ada), { timeout: 20_000 }).toBe("admin");
    expect(await readThere(logtoId, ada)).toBe("admin");
  });

  it("is a role beside the one that somebody gave in between: the stronger counts, and both stay", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount();
    await logtoConsole.addMember(logtoId, ada, "viewer");
    await hear();
    await logtoConsole.giveRole(logtoId, ada, "admin");
    await hearLater();
    expect(await readHere(organization, ada)).toBe("admin");
    expect(await readThere(logtoId, ada)).toBe("admin+viewer");
  });

  it.each([1, 2, 3, 4])(
    "counts also where it comes before the %s. call of whoever takes the member in",
    async (call) => {
      const { organization, logtoId } = await world.createPair();
      const ada = await world.createAccount();
      await logtoConsole.addMember(logtoId, ada);
      await provider.logto.webhooks.settled();
      await workWhile(call, () => logtoConsole.giveRole(logtoId, ada, "admin"));
      await hearLater();
      expect(await readThere(logtoId, ada)).toBe("admin");
      expect(await readHere(organization, ada)).toBe("admin");
    },
  );

  it.each([1, 2, 3, 4])(
    "is over where they are removed before the %s. call of whoever takes the member in",
    async (call) => {
      const { organization, logtoId } = await world.createPair();
      const ada = await world.createAccount();
      await logtoConsole.addMember(logtoId, ada);
      await provider.logto.webhooks.settled();
      await workWhile(call, () => logtoConsole.removeMember(logtoId, ada));
      await hear();
      expect(await readThere(logtoId, ada)).toBeNull();
      expect(await readHere(organization, ada)).toBeNull();
      expect(await world.countOpen()).toBe(0);
    },
  );

  it("ends in that role for each of sixty people who are added at once", async () => {
    const { organization, owner, logtoId } = await world.createPair();
    const people = await Promise.all(Array.from({ length: 60 }, () => world.createAccount()));
    const userIds = people.map(({ subject }) => subject);
    const users = `/organizations/${logtoId}/users`;
    await provider.manage("POST", users, { userIds });
    await hear();
    const roles = z
      .array(created.extend({ name: z.string() }))
      .parse(await provider.manage("GET", "/organization-roles"));
    const organizationRoleIds = roles.filter(({ name }) => name === "member").map(({ id }) => id);
    await provider.manage("POST", `${users}/roles`, { userIds, organizationRoleIds });
    await hearLater();
    const expected = Object.fromEntries(userIds.map((subject) => [subject, "member"]));
    expect(await world.readMembers(organization)).toEqual({
      ...expected,
      [owner.subject]: "owner",
    });
    expect(await world.readTwinMembers(logtoId)).toMatchObject(expected);
    expect(await world.countOpen()).toBe(0);
  });

  it("need not be the last: who has just been added is looked at again, also with a role", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount();
    await logtoConsole.addMember(logtoId, ada, "viewer");
    for (const role of ["admin", "member", "viewer"] as const) {
      await hearLater();
      await hearLater();
      await logtoConsole.setRole(logtoId, ada, role);
      await hearLater();
      expect([await readHere(organization, ada), await readThere(logtoId, ada)]).toEqual([
        role,
        role,
      ]);
    }
  });

  it("is looked at again for ten minutes where there is no role, and no longer", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount();
    await logtoConsole.addMember(logtoId, ada);
    await hear();
    const findNextLook = () =>
      application.query<{ seconds: number }>(
        `select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs
          where key = 'logto:again:' || $1`,
        [organization.id],
      );
    const [first] = await findNextLook();
    expect(first?.seconds).toBeLessThanOrEqual(2);
    const watchedFor = (seconds: number) =>
      application.query(
        `update logto_memberships set watched_since = now() - make_interval(secs => $2)
          where organization_id = $1 and watched_since is not null`,
        [organization.id, seconds],
      );
    await watchedFor(100);
    await hearLater();
    const [second] = await findNextLook();
    expect(second?.seconds).toBeGreaterThan(60);
    await watchedFor(601);
    await hearLater();
    expect(await findNextLook()).toEqual([]);
    // Nor because everything is compared.
    await hintOrganization(application.database, organization.id);
    await hear();
    expect(await findNextLook()).toEqual([]);
  });
});

describe("an organization that is renamed in the Console", () => {
  it("keeps its newest name, also where there is another one before the first was noted", async () => {
    const { organization, logtoId } = await world.createPair();
    await logtoConsole.rename(logtoId, "First");
    await provider.logto.webhooks.settled();
    await world.settle();
    await logtoConsole.rename(logtoId, "Second");
    await hear();
    const readName = () =>
      application.query("select name from organizations where id = $1", [organization.id]);
    expect(await readName()).toEqual([{ name: "Second" }]);
    expect(await logtoConsole.readName(logtoId)).toBe("Second");
    // What nobody can see is no difference.
    await logtoConsole.rename(logtoId, " Second ");
    await hear();
    expect(await readName()).toEqual([{ name: "Second" }]);
    expect(await logtoConsole.readName(logtoId)).toBe(" Second ");
    expect(await world.readNobodysEvents(organization)).toHaveLength(2);
  });

  it("keeps nobody else out of step where it gets another one's UUID as its name", async () => {
    const first = await world.createPair();
    const owner = await world.createPerson();
    const second = await application.createOrganization(owner, "Not made there yet");
    await logtoConsole.rename(first.logtoId, second.id);
    await hear();
    const secondTwin = await world.findTwin(second);
    expect(secondTwin).not.toBe(first.logtoId);
    expect(await logtoConsole.readName(secondTwin)).toBe("Not made there yet");
    expect(await world.readTwinMembers(secondTwin)).toEqual({ [owner.subject]: "owner" });
    expect(await logtoConsole.readName(first.logtoId)).toBe(second.id);
    // Nor is it deleted with the other one.
    await application.query("update logto_organizations set logto_id = null where logto_id = $1", [
      secondTwin,
    ]);
    await application.query("delete from organizations where id = $1", [second.id]);
    await hear();
    expect(await world.readTwinMembers(first.logtoId)).toHaveProperty(first.owner.subject, "owner");
    expect(await world.listJobs()).toEqual([]);
  });
});

describe("an organization that is made in the Console", () => {
  const findAdopted = (logtoId: string) =>
    application.query<{ id: string; role: string }>(
      `select o.organization_id as id, m.role from logto_organizations o
         join memberships m on m.organization_id = o.organization_id where o.logto_id = $1
        order by m.role desc`,
      [logtoId],
    );

  it("is here soon after it has an owner, of whom nothing tells", async () => {
    const answer = await provider.manage("POST", "/organizations", { name: "Console made" });
    const { id: logtoId } = created.parse(answer);
    await hear();
    expect(await findAdopted(logtoId)).toEqual([]);
    const founder = await world.createAccount();
    await logtoConsole.addMember(logtoId, founder);
    await hear();
    expect(await findAdopted(logtoId)).toEqual([]);
    await logtoConsole.giveRole(logtoId, founder, "owner");
    await hearLater();
    expect(await findAdopted(logtoId)).toMatchObject([{ role: "owner" }]);
    expect(await world.countOpen()).toBe(0);
  });

  it("is looked at within seconds, then within a minute, then less often, and after an hour no more", async () => {
    const answer = await provider.manage("POST", "/organizations", { name: "Never owned" });
    const { id: logtoId } = created.parse(answer);
    await hear();
    const findNextLook = () =>
      application.query<{ seconds: number }>(
        `select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs
          where key = 'logto:await_owner:' || $1`,
        [logtoId],
      );
    const waitedFor = async (seconds: number) => {
      await application.query(
        `update graphile_worker._private_jobs set payload = json_build_object('logtoId', $1::text, 'seconds', $2::int)
          where key = 'logto:await_owner:' || $1`,
        [logtoId, seconds],
      );
      await hearLater();
    };
    const [first] = await findNextLook();
    expect(first?.seconds).toBeLessThanOrEqual(2);
    await waitedFor(10);
    const [second] = await findNextLook();
    expect(second?.seconds).toBeLessThanOrEqual(10);
    await waitedFor(599);
    const [later] = await findNextLook();
    expect(later?.seconds).toBeGreaterThan(10);
    expect(later?.seconds).toBeLessThanOrEqual(60);
    await waitedFor(700);
    expect((await findNextLook())[0]?.seconds).toBeGreaterThan(600);
    await waitedFor(3_600);
    expect(await findNextLook()).toEqual([]);
  });

  it("is not given back a name or a role that it has lost there since it was taken in", async () => {
    const answer = await provider.manage("POST", "/organizations", { name: "Before" });
    const { id: logtoId } = created.parse(answer);
    const [founder, partner] = [await world.createAccount(), await world.createAccount()];
    await logtoConsole.addMember(logtoId, partner, "owner");
    await logtoConsole.addMember(logtoId, founder, "owner");
    await provider.logto.webhooks.settled();
    await workWhile(5, async () => {
      await logtoConsole.rename(logtoId, "After");
    });
    const [adopted] = await findAdopted(logtoId);
    if (!adopted) throw new Error("it was not taken in");
    await hear();
    expect(await logtoConsole.readName(logtoId)).toBe("After");
    await logtoConsole.setRole(logtoId, founder, "viewer");
    await logtoConsole.setRole(logtoId, partner, "owner");
    await hearLater();
    expect(await readThere(logtoId, founder)).toBe("viewer");
    expect(await findAdopted(logtoId)).toMatchObject([{ role: "viewer" }, { role: "owner" }]);
  });
});

describe("a service account", () => {
  async function createMachine(logtoId: string): Promise<string> {
    const body = { name: "Nightly export", type: "MachineToMachine" };
    const { id } = created.parse(await provider.manage("POST", "/applications", body));
    const applications = `/organizations/${logtoId}/applications`;
    await provider.manage("POST", applications, { applicationIds: [id] });
    return id;
  }

  async function giveRole(logtoId: string, applicationId: string, name: string): Promise<void> {
    const roles = z
      .array(created.extend({ name: z.string() }))
      .parse(await provider.manage("GET", "/organization-roles"));
    await provider.manage("POST", `/organizations/${logtoId}/applications/roles`, {
      applicationIds: [applicationId],
      organizationRoleIds: roles.filter((role) => role.name === name).map(({ id }) => id),
    });
  }

  it("has the role of the Console's second call, on both sides", async () => {
    const { organization, logtoId } = await world.createPair();
    const subject = await createMachine(logtoId);
    await hear();
    expect(await readHere(organization, { subject })).toBe("viewer");
    await giveRole(logtoId, subject, "machine-admin");
    await hearLater();
    expect(await readHere(organization, { subject })).toBe("admin");
    const list = await provider.manage("GET", `/organizations/${logtoId}/applications`);
    expect(list).toMatchObject([{ id: subject, organizationRoles: [{ name: "machine-admin" }] }]);
  });

  it("is gone a minute after its application was deleted at Logto, which tells nobody", async () => {
    const { organization, logtoId } = await world.createPair();
    const subject = await createMachine(logtoId);
    await hear();
    expect(await readHere(organization, { subject })).toBe("viewer");
    await scheduleReconciliation.run(application.database.unscoped);
    await world.settle();
    await provider.manage("DELETE", `/applications/${subject}`);
    // Nothing else of the organization was touched.
    await application.query("update logto_organizations set changed_at = now() - interval '1 day'");
    await application.query(
      "update graphile_worker._private_jobs set run_at = now() where task_id = (select id from graphile_worker._private_tasks where identifier = $1)",
      [reconcile.name],
    );
    await world.settle();
    expect(await readHere(organization, { subject })).toBeNull();
    expect(await world.countOpen()).toBe(0);
  });
});
