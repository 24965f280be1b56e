import { describe, expect, it, onTestFinished } from "vitest";

import type { Organization } from "../support/application.ts";
import { aroundCalls } from "./around-calls.ts";
import { useLogto } from "./logto-world.ts";

// Logto's Console makes several calls, and Logto sends one webhook, after the first:
// test/fixtures/logto/console-organization-writes.json.

const world = useLogto();
const { application, provider, console: logtoConsole } = world;

const { hear } = world;

/** Works off what is due in the next minutes, too. */
async function hearLater(): Promise<void> {
  await hear();
  await world.letPass();
  await world.settle();
}

/** Works off what is due; something happens at Logto before the worker's n-th call. */
async function workWhile(call: number, happens: () => Promise<unknown>): Promise<void> {
  let calls = 0;
  await world.workOff(
    aroundCalls(world.logto, async (send) => {
      calls += 1;
      if (calls === call) await happens();
      return send();
    }),
  );
  expect(calls).toBeGreaterThanOrEqual(call);
}

/** Finds the job of a key, with the seconds until it is due. */
const findJob = (key: string) =>
  application.query<{ seconds: number }>(
    `select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs where key = $1`,
    [key],
  );

const readHere = async (organization: Organization, { subject }: { subject: string }) =>
  (await world.readMembers(organization))[subject] ?? null;
const readThere = async (logtoId: string, { subject }: { subject: string }) =>
  (await world.readMembersAtLogto(logtoId))[subject] ?? null;

describe('"Add members" of the Console, with a role', () => {
  it("ends in that role on both sides, within seconds, while a worker follows the first call", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount("Ada Byron");
    const stop = world.startWorker();
    onTestFinished(() => stop(5_000));
    await logtoConsole.addMember(logtoId, ada);
    await expect.poll(() => readHere(organization, ada), { timeout: 20_000 }).toBe("viewer");
    expect(await readThere(logtoId, ada)).toBe("");
    await logtoConsole.giveRole(logtoId, ada, "admin");
    await expect.poll(() => readHere(organization, ada), { timeout: 20_000 }).toBe("admin");
    expect(await readThere(logtoId, ada)).toBe("admin");
  });

  it("adds a role beside one that was given in between: the stronger counts, and both stay", async () => {
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
    "counts also if the role comes, and the member is removed, before call %s of the worker",
    async (call) => {
      const { organization, logtoId } = await world.createPair();
      const [ada, removed] = [await world.createAccount(), await world.createAccount()];
      await logtoConsole.addMember(logtoId, ada);
      await logtoConsole.addMember(logtoId, removed);
      await provider.logto.webhooks.settled();
      await workWhile(call, async () => {
        await logtoConsole.giveRole(logtoId, ada, "admin");
        await logtoConsole.removeMember(logtoId, removed);
      });
      await hearLater();
      expect(await readThere(logtoId, ada)).toBe("admin");
      expect(await readHere(organization, ada)).toBe("admin");
      expect(await readThere(logtoId, removed)).toBeNull();
      expect(await readHere(organization, removed)).toBeNull();
      expect(await world.countOpen()).toBe(0);
    },
  );

  it("is followed for each of more than fifty people added at once, in several runs", async () => {
    const { organization, owner, logtoId } = await world.createPair();
    const people = await Promise.all(Array.from({ length: 51 }, () => world.createAccount()));
    const userIds = people.map(({ subject }) => subject);
    await provider.manage("POST", `/organizations/${logtoId}/users`, { userIds });
    await hear();
    const expected = Object.fromEntries(userIds.map((subject) => [subject, "viewer"]));
    expect(await world.readMembers(organization)).toEqual({
      ...expected,
      [owner.subject]: "owner",
    });
    expect(await world.countOpen()).toBe(0);
  });

  it("may be followed by other roles: a new member with a role is looked at again", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount();
    await logtoConsole.addMember(logtoId, ada, "viewer");
    for (const role of ["admin", "member"] as const) {
      await hearLater();
      await logtoConsole.setRole(logtoId, ada, role);
      await hearLater();
      expect([await readHere(organization, ada), await readThere(logtoId, ada)]).toEqual([
        role,
        role,
      ]);
    }
  });

  it("is looked at again for ten minutes if no role follows, and no longer", async () => {
    const { organization, logtoId } = await world.createPair();
    const ada = await world.createAccount();
    await logtoConsole.addMember(logtoId, ada);
    await hear();
    const findNextLook = () => findJob(`logto:again:${organization.id}`);
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
    // A comparison of everything does not begin it again.
    await world.compare(organization);
    expect(await findNextLook()).toEqual([]);
  });
});

describe("an organization that is renamed in the Console", () => {
  it("keeps its newest name, also if it changes before the first one was followed", async () => {
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
    // Invisible characters are no difference.
    await logtoConsole.rename(logtoId, " Second ");
    await hear();
    expect(await readName()).toEqual([{ name: "Second" }]);
    expect(await logtoConsole.readName(logtoId)).toBe(" Second ");
    expect(await world.readNobodysEvents(organization)).toHaveLength(2);
  });

  it("does not disturb another organization whose UUID it gets as its name", async () => {
    const first = await world.createPair();
    const owner = await world.createPerson();
    const second = await application.createOrganization(owner, "Not made there yet");
    await logtoConsole.rename(first.logtoId, second.id);
    await hear();
    const secondLogtoId = await world.findLogtoId(second);
    expect(secondLogtoId).not.toBe(first.logtoId);
    expect(await logtoConsole.readName(secondLogtoId)).toBe("Not made there yet");
    expect(await world.readMembersAtLogto(secondLogtoId)).toEqual({ [owner.subject]: "owner" });
    expect(await logtoConsole.readName(first.logtoId)).toBe(second.id);
    // It is not deleted with the other one either.
    await application.query("update logto_organizations set logto_id = null where logto_id = $1", [
      secondLogtoId,
    ]);
    await application.query("delete from organizations where id = $1", [second.id]);
    await hear();
    expect(await world.readMembersAtLogto(first.logtoId)).toHaveProperty(
      first.owner.subject,
      "owner",
    );
    expect(await world.listJobs()).toEqual([]);
  });
});

describe("an organization that is created in the Console", () => {
  const findAdopted = (logtoId: string) =>
    application.query<{ id: string; role: string }>(
      `select o.organization_id as id, m.role from logto_organizations o
         join memberships m on m.organization_id = o.organization_id where o.logto_id = $1
        order by m.role desc`,
      [logtoId],
    );

  it("is here soon after it has an owner, for whom no webhook comes", async () => {
    const logtoId = await logtoConsole.create("Console made");
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

  it("is looked at within seconds, then within a minute, then less often, and no more after an hour", async () => {
    const logtoId = await logtoConsole.create("Never owned");
    await hear();
    const findNextLook = () => findJob(`logto:await_owner:${logtoId}`);
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

  it("does not get back a name or a role that it has lost there since it was adopted", async () => {
    const logtoId = await logtoConsole.create("Before");
    const [founder, partner] = [await world.createAccount(), await world.createAccount()];
    await logtoConsole.addMember(logtoId, partner, "owner");
    await logtoConsole.addMember(logtoId, founder, "owner");
    await provider.logto.webhooks.settled();
    await workWhile(5, () => logtoConsole.rename(logtoId, "After"));
    const [adopted] = await findAdopted(logtoId);
    if (!adopted) throw new Error("it was not adopted");
    await hear();
    expect(await logtoConsole.readName(logtoId)).toBe("After");
    await logtoConsole.setRole(logtoId, founder, "viewer");
    await logtoConsole.setRole(logtoId, partner, "owner");
    await hearLater();
    expect(await readThere(logtoId, founder)).toBe("viewer");
    expect(await findAdopted(logtoId)).toMatchObject([{ role: "viewer" }, { role: "owner" }]);
  });
});
