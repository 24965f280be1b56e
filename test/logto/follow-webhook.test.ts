import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { openJobPool, releaseAbandonedJobs } from "../../src/database/job-pool.ts";
import { runTask } from "../support/tasks.ts";
import { bodyOf, isSignedIn, poison, useWebhooks } from "./webhook-world.ts";

const world = useWebhooks();
const { application } = world;

const updated = (userId: string) => bodyOf("PATCH /users/{id} name", { params: { userId } });
const suspended = (userId: string) =>
  bodyOf("PATCH /users/{id}/is-suspended true", { params: { userId } });

async function createLinked() {
  const owner = await world.createKnown();
  const organization = await application.createOrganization(owner);
  return { owner, organization, logtoId: await world.linkToLogto(organization) };
}

const membershipOf = (logtoId: string, delta: Record<string, unknown>) =>
  bodyOf("POST /organizations/{id}/users (two users)", {
    organizationId: logtoId,
    addedUserIds: undefined,
    ...delta,
  });

async function readHints(organization: { id: string }, userId: string | null = null) {
  const [row] = await application.query<{ hints: string }>(
    `select coalesce(m.hints, o.hints) as hints from logto_organizations o
       left join logto_memberships m on m.organization_id = o.organization_id and m.user_id = $2
      where o.organization_id = $1 and ($2::uuid is null or m.user_id is not null)`,
    [organization.id, userId],
  );
  return Number(row?.hints);
}

const countUsers = async () => (await application.query("select from users")).length;

describe("an event about a user", () => {
  it("mirrors the profile that Logto has now", async () => {
    const { id, subject } = await world.createKnown({ name: "Ada" });
    await world.changeAtLogto(subject, { name: "Ada Lovelace" });
    expect(await world.deliver(updated(subject))).toBe("done");
    expect(await world.readUser(id)).toMatchObject({ name: "Ada Lovelace" });
    expect((await world.listDeliveries()).at(-1)).toMatchObject({ isDone: true });
  });

  it("WH04 decides nothing itself: if it is replayed, late or out of order, Logto's present state counts", async () => {
    const { id, subject } = await world.createKnown({ name: "First" });
    const { cookie } = await application.createSessionCookie({ id, name: "" });
    const first = bodyOf("PATCH /users/{id} name", {
      params: { userId: subject },
      data: { id: subject, name: "Lies", isSuspended: true },
      createdAt: "2020-01-01T00:00:00.000Z",
    });
    await world.changeAtLogto(subject, { name: "Second" });
    await world.suspendAtLogto(subject);
    await world.suspendAtLogto(subject, false);
    expect(await world.deliver(suspended(subject))).toBe("done");
    expect(await world.deliver(first)).toBe("done");
    // A day later, the same bytes.
    expect((await world.post(first)).status).toBe(200);
    await application.deliverMail();
    expect(await world.readUser(id)).toMatchObject({ name: "Second", suspended_at: null });
    expect(await isSignedIn(application, { cookie })).toBe(true);
  });

  it("WH04 deletes nobody whom Logto still has", async () => {
    const { id, subject } = await world.createKnown();
    const body = bodyOf("DELETE /users/{id} who is a member of an organization (User.Deleted)", {
      params: { userId: subject },
    });
    expect(await world.deliver(body)).toBe("done");
    expect(await world.readUser(id)).toMatchObject({ deleted_at: null, suspended_at: null });
  });

  it("stores nothing about a user who has never been here", async () => {
    const subject = await world.createAtLogto({ name: "Stranger" });
    const before = await countUsers();
    for (const body of [
      bodyOf("POST /users", { data: { id: subject, name: "Stranger" } }),
      updated(subject),
      suspended(subject),
    ]) {
      expect(await world.deliver(body)).toBe("ignored");
    }
    expect(await countUsers()).toBe(before);
  });

  it("WH05 is ignored without a subject, such as the test of Logto's Console", async () => {
    const before = await countUsers();
    for (const body of [
      bodyOf("test delivery of User.Created"),
      bodyOf("test delivery of PostSignIn"),
      JSON.stringify({ event: "Organization.Deleted", params: { id: "fake-id" }, n: randomUUID() }),
      JSON.stringify({ event: "User.Exploded", n: randomUUID() }),
      JSON.stringify([randomUUID()]),
    ]) {
      expect(await world.deliver(body)).toBe("ignored");
    }
    expect(await countUsers()).toBe(before);
  });

  it("WH12 that echoes our own change leads to no further change", async () => {
    const { subject } = await world.createKnown({ name: "Echo" });
    const stateAtLogto = async () => {
      const [row] = await world.provider.query("select * from users where id = $1", [subject]);
      return row;
    };
    const before = await stateAtLogto();
    for (let round = 0; round < 3; round += 1) {
      expect(await world.deliver(updated(subject))).toBe("done");
    }
    // Logto was asked and told nothing, so it sends no webhook.
    expect(await stateAtLogto()).toEqual(before);
    expect(await world.listJobs("logto.handle_webhook")).toEqual([]);
  });
});

describe("an event about an organization", () => {
  it("has it compared if it is linked to ours", async () => {
    const { organization, logtoId } = await createLinked();
    const before = await readHints(organization);
    for (const body of [
      bodyOf("PATCH /organizations/{id}", { params: { id: logtoId } }),
      bodyOf("DELETE /organizations/{id} with members", { params: { id: logtoId } }),
      bodyOf("POST /organizations", { data: { id: logtoId } }),
    ]) {
      expect(await world.deliver(body)).toBe("done");
    }
    expect(await readHints(organization)).toBe(before + 3);
  });

  it("is ignored for any other unknown one", async () => {
    const elsewhere = { params: { id: randomUUID() } };
    expect(await world.deliver(bodyOf("PATCH /organizations/{id}", elsewhere))).toBe("ignored");
    const before = await countUsers();
    const subject = await world.createAtLogto();
    const left = membershipOf(randomUUID(), { removedUserIds: [subject] });
    expect(await world.deliver(left)).toBe("ignored");
    // It may have an owner now, and then it would be adopted.
    const joined = membershipOf(randomUUID(), { addedUserIds: [subject] });
    expect(await world.deliver(joined)).toBe("done");
    expect(await countUsers()).toBe(before);
  });
});

describe("an event about the members of an organization", () => {
  it("has each of them compared, also a user who is not known here", async () => {
    const { organization, logtoId } = await createLinked();
    const known = await world.createKnown();
    const newcomer = await world.createAtLogto({ name: "Newcomer" });
    const leaver = await world.createKnown();
    const delta = { addedUserIds: [known.subject, newcomer], removedUserIds: [leaver.subject] };
    expect(await world.deliver(membershipOf(logtoId, delta))).toBe("done");
    const [mirrored] = await application.query<{ id: string; name: string }>(
      "select id, name from users where subject = $1",
      [newcomer],
    );
    expect(mirrored).toMatchObject({ name: "Newcomer" });
    for (const id of [known.id, leaver.id, mirrored?.id]) {
      expect(await readHints(organization, id)).toBe(1);
    }
  });

  it("stores nothing about a former member who is not known here, or a user whom Logto does not know", async () => {
    const { logtoId } = await createLinked();
    const stranger = await world.createAtLogto();
    const before = await countUsers();
    const delta = { addedUserIds: ["nobody000000"], removedUserIds: [stranger] };
    expect(await world.deliver(membershipOf(logtoId, delta))).toBe("done");
    expect(await countUsers()).toBe(before);
  });

  it("WH06 has the whole organization compared for more than 200 people, and for 5000, where Logto cuts the list", async () => {
    const before = await countUsers();
    for (const count of [201, 5_000]) {
      const { organization, logtoId } = await createLinked();
      const addedUserIds = Array.from({ length: count }, (_, index) => `member${index}`);
      const base = await readHints(organization);
      expect(await world.deliver(membershipOf(logtoId, { addedUserIds }))).toBe("done");
      expect(await readHints(organization)).toBe(base + 1);
    }
    // The owners of the two.
    expect(await countUsers()).toBe(before + 2);
  });

  it("has the whole organization compared for an application", async () => {
    const { organization, logtoId } = await createLinked();
    const base = await readHints(organization);
    const body = bodyOf("POST /organizations/{id}/applications", { organizationId: logtoId });
    expect(await world.deliver(body)).toBe("done");
    expect(await readHints(organization)).toBe(base + 1);
  });
});

describe("the job", () => {
  it("WH09 runs after a restart if the application crashed after its answer", async () => {
    const { id, subject } = await world.createKnown({ name: "Before" });
    await world.changeAtLogto(subject, { name: "After" });
    expect((await world.post(updated(subject))).status).toBe(200);
    // Its worker was killed.
    await application.query(
      `update graphile_worker._private_jobs
          set locked_at = now() - interval '11 minutes', locked_by = 'pool-dead', attempts = 1`,
    );
    await application.deliverMail();
    expect(await world.readUser(id)).toMatchObject({ name: "Before" });
    const logger = { warn: () => undefined };
    const pool = openJobPool({ url: application.config.database.url, logger });
    await releaseAbandonedJobs(pool);
    await pool.end();
    await application.deliverMail();
    const after = await world.readUser(id);
    expect(after).toMatchObject({ name: "After" });
    expect((await world.listDeliveries()).at(-1)).toMatchObject({ outcome: "done", isDone: true });

    // The worker is killed after it noted the delivery as done: the job does nothing again.
    await application.query(
      `select graphile_worker.add_job('logto.handle_webhook', json_build_object('bodyHash', encode(body_hash, 'hex')))
         from webhook_deliveries order by received_at desc limit 1`,
    );
    await application.deliverMail();
    expect(await world.readUser(id)).toEqual(after);
  });

  it("waits while Logto is away, without a failure, and runs once Logto is back", async () => {
    const { id, subject } = await world.createKnown({ name: "Before" });
    await world.changeAtLogto(subject, { name: "After" });
    await world.provider.stop();
    for (let round = 0; round < 3; round += 1) {
      await world.post(updated(subject));
      await application.query("update graphile_worker._private_jobs set run_at = now()");
      await application.deliverMail();
    }
    const waiting = await world.listJobs("logto.handle_webhook");
    expect(waiting).toHaveLength(3);
    for (const job of waiting)
      expect(job).toMatchObject({ attempts: 0, error: null, isDue: false });
    await world.provider.startAgain();
    await expect
      .poll(
        async () => {
          await application.query("update graphile_worker._private_jobs set run_at = now()");
          await application.deliverMail();
          return (await world.listJobs("logto.handle_webhook")).length;
        },
        { interval: 200 },
      )
      .toBe(0);
    expect(await world.readUser(id)).toMatchObject({ name: "After" });
  });

  it("WH04 suspends at once if the webhook is fresh, not if it is late, and then Logto's answer counts", async () => {
    const people = [await world.createKnown(), await world.createKnown()];
    const [present, late] = await Promise.all(
      people.map((person) => application.createSessionCookie(person)),
    );
    const tell = ({ subject }: { subject: string }, at: number) =>
      world.post(
        bodyOf("PATCH /users/{id}/is-suspended true", {
          params: { userId: subject },
          data: { id: subject, isSuspended: true },
          createdAt: new Date(at).toISOString(),
        }),
      );
    const [known, other] = people;
    if (!known || !other || !present || !late) throw new Error("someone is missing");
    const now = Date.now();
    await world.provider.stop();
    expect((await tell(known, now)).status).toBe(200);
    expect((await tell(other, now - 3_600_000)).status).toBe(200);
    expect(await isSignedIn(application, present)).toBe(false);
    expect(await isSignedIn(application, late)).toBe(true);
    expect((await world.readUser(known.id))?.suspended_at).not.toBeNull();
    await world.provider.startAgain();
    const settle = async () => {
      await application.query("update graphile_worker._private_jobs set run_at = now()");
      await application.deliverMail();
      return (await world.readUser(known.id))?.suspended_at;
    };
    await expect.poll(settle, { interval: 200 }).toBeNull();
    // The same bytes once more: they have no job any more that would ask Logto.
    expect((await tell(known, now)).status).toBe(200);
    expect((await world.readUser(known.id))?.suspended_at).toBeNull();
  });

  it("WH13 that always fails keeps no other waiting, and stays in the queue after its last try", async () => {
    const poisoned = await world.createKnown();
    const other = await world.createKnown({ name: "Before" });
    await world.changeAtLogto(other.subject, { name: "After" });
    // Logto's answer about this user cannot be stored.
    const cure = await poison(application, poisoned);
    try {
      await world.post(updated(poisoned.subject));
      expect(await world.deliver(updated(other.subject))).toBe("done");
      expect(await world.readUser(other.id)).toMatchObject({ name: "After" });
      expect(await world.listJobs("logto.handle_webhook")).toMatchObject([
        { attempts: 1, error: expect.stringContaining("poison"), isDue: false },
      ]);
      await application.query(
        "update graphile_worker._private_jobs set attempts = max_attempts - 1, run_at = now() where attempts = 1",
      );
      await application.deliverMail();
      await application.deliverMail();
      expect(await world.listJobs("logto.handle_webhook")).toMatchObject([{ attempts: 25 }]);
      expect(application.logged()).toMatch(/"level":50[^\n]*"attempt":"25 of 25"[^\n]*job failed/);
      expect(await world.deliver(updated(other.subject))).toBe("done");
    } finally {
      await cure();
    }
  });

  it("PR05 is purged with its delivery after a week, and not before", async () => {
    const { subject } = await world.createKnown();
    const [old, young] = [updated(subject), updated(subject)];
    for (const body of [old, young]) await world.deliver(body);
    await application.query(
      `update webhook_deliveries
          set received_at = now() - case when body = $1 then interval '169 hours' else interval '167 hours' end`,
      [old],
    );
    await runTask(application, "webhook_delivery.purge_old");
    const kept = (await world.listDeliveries()).map(({ body }) => body);
    expect(kept).toContain(young);
    expect(kept).not.toContain(old);
  });
});
