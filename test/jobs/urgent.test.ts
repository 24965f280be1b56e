import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { SMTPServer } from "smtp-server";

import { jobs } from "../../src/features.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { startWorker } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { changeRole } from "../../src/memberships/member.ts";
import { followClaimsOf, insertMany } from "../logto/claims.ts";
import { useLogto } from "../logto/logto-world.ts";
import { bodyOf, isSignedIn, postWebhook } from "../logto/webhook-world.ts";
import { actorIn } from "../support/acting.ts";
import { giveAddress } from "../support/addresses.ts";
import { isSlowRun, repetitions } from "../support/endurance.ts";

const world = useLogto();
const { application, provider, console: logtoConsole } = world;

/** Milliseconds: what is promised. In `npm test`, beside all other tests, it is about the order. */
const limit = isSlowRun() ? 5_000 : 20_000;
/** Milliseconds that the mail server takes for each mail. */
const mailTime = 200;
const many = repetitions(500, 150);

const received: string[] = [];
const server = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ["STARTTLS"],
  closeTimeout: 100,
  onData(stream, { envelope }, callback) {
    stream.on("end", () =>
      setTimeout(() => {
        received.push(...envelope.rcptTo.map(({ address }) => address));
        callback();
      }, mailTime),
    );
    stream.resume();
  },
});
let stopWorker: ((timeoutMs: number) => Promise<void>) | undefined;

beforeAll(async () => {
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

function startWork(): void {
  const logger = pino({ level: "silent" });
  const { port } = server.server.address() as { port: number };
  const { database, baseUrl, logto } = world.context;
  const smtpUrl = `smtp://127.0.0.1:${port}`;
  stopWorker = startWorker({
    kinds: jobs,
    openPool: () => openJobPool({ url: application.config.database.url, logger }),
    context: {
      database,
      mailer: createMailer({ smtpUrl, from: "mail@product.example", baseUrl }),
      logto,
      baseUrl,
      logger,
    },
    logger,
  });
}

/** So many invitations by one account, as if they had been made at once in several organizations. */
async function inviteMany(): Promise<void> {
  const inviter = await world.createPerson();
  const organization = await application.createOrganization(inviter);
  await application.query(
    `with made as (
       insert into invitations (organization_id, id, kind, role, email, expires_at, inviter_id, mail_requested_at)
       select $1, gen_random_uuid(), 'email', 'member', n || '@flood.example', now() + interval '7 days', $2, now()
         from generate_series(1, $3) n returning id)
     select add_job_in_turn(
              kind => 'invitation.mail', payload => json_build_object('organizationId', $1::uuid, 'invitationId', id),
              lowest_rank => 10, share => 'mail:' || $2::uuid, job_key => 'invitation.mail:' || id)
       from made`,
    [organization.id, inviter.id, many],
  );
}

const count = (condition: string) =>
  application
    .query(`select from graphile_worker.jobs where ${condition}`)
    .then(({ length }) => length);

/** @returns milliseconds until it is so */
async function waitUntil(isSo: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  await expect.poll(isSo, { timeout: 60_000, interval: 25 }).toBe(true);
  return performance.now() - began;
}

/** Prepares the changes that must not wait, each in an organization of its own. */
async function prepare() {
  const suspended = await world.createPerson();
  const session = await application.createSessionCookie(suspended);
  const removed = await world.createPerson();
  const removal = await world.createPair({ member: removed });
  const changed = await world.createPerson();
  const change = await world.createPair({ member: changed });
  const address = await giveAddress(application, changed);
  return {
    suspend: async () => {
      await provider.manage("PATCH", `/users/${suspended.subject}/is-suspended`, {
        isSuspended: true,
      });
      return waitUntil(async () => !(await isSignedIn(application, session)));
    },
    remove: async () => {
      await logtoConsole.removeMember(removal.logtoId, removed);
      return waitUntil(
        async () => !(await world.readMembers(removal.organization))[removed.subject],
      );
    },
    changeRole: async () => {
      await changeRole(application.database, actorIn(change.owner, change.organization), {
        userId: changed.id,
        role: "admin",
      });
      return waitUntil(
        async () => (await world.readMembersAtLogto(change.logtoId))[changed.subject] === "admin",
      );
    },
    isMailed: () => waitUntil(async () => received.includes(address)),
  };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** @returns milliseconds that the longest of them took */
async function doAll({ suspend, remove, changeRole: change }: Prepared): Promise<number> {
  return Math.max(await suspend(), await remove(), await change());
}

beforeEach(async () => {
  await application.query("delete from graphile_worker._private_jobs");
  received.length = 0;
});
afterEach(async () => {
  provider.logto.faults.clear();
  await application.query("delete from graphile_worker._private_jobs where locked_at is null");
  await stopWorker?.(5_000);
});

describe(`${many} waiting mails of one account, at ${mailTime} ms each`, () => {
  it("SI28 do not delay a suspension, a removal at Logto, a change of another organization, or another person's mail", async () => {
    const prepared = await prepare();
    await inviteMany();
    startWork();
    await waitUntil(async () => received.length > 0);
    expect(await doAll(prepared)).toBeLessThan(limit);
    expect(await prepared.isMailed()).toBeLessThan(limit);
    // The others wait still.
    expect(await count("task_identifier = 'invitation.mail'")).toBeGreaterThan(many / 2);
  });
});

describe(`while ${many} urgent jobs of one person wait`, () => {
  it("which webhooks about them added, the jobs of others are done first", async () => {
    const prepared = await prepare();
    const noisy = await world.createPerson();
    const key = application.config.logto.webhookKeys[0] ?? "";
    for (let number = 0; number < many; number += 1) {
      const params = { userId: noisy.subject };
      const body = bodyOf("PATCH /users/{id} name", { params, data: { id: noisy.subject } });
      await postWebhook(application.baseUrl, body, { key });
    }
    expect(await count("task_identifier = 'logto.handle_webhook'")).toBeGreaterThanOrEqual(many);
    startWork();
    expect(await doAll(prepared)).toBeLessThan(limit);
  });

  it("which their sign-in added for many organizations, the jobs of others are done first", async () => {
    const prepared = await prepare();
    const noisy = await world.createPerson();
    const prefix = "one-of-many";
    await insertMany(application, noisy, { prefix, count: many, isLinked: true });
    await application.query("delete from graphile_worker._private_jobs");
    const claimed = Array.from({ length: many }, (_, index) => [`${prefix}-${index + 1}`, "admin"]);
    await followClaimsOf(application.database, noisy, Object.fromEntries(claimed));
    startWork();
    await waitUntil(async () => (await count("task_identifier = 'logto.sync_organization'")) > 50);
    expect(await doAll(prepared)).toBeLessThan(limit);
  });
});

describe("while Logto is slow, and many organizations of many people wait", () => {
  it("a suspended or removed person loses access first", async () => {
    const { suspend, remove } = await prepare();
    const waiting = repetitions(300, 40);
    const busy = await world.createPerson();
    await insertMany(application, busy, { prefix: "waiting", count: waiting, isLinked: false });
    // As if each of them had been made by another person.
    await application.query("update graphile_worker._private_jobs set priority = 0");
    provider.logto.faults.set({ kind: "slow", milliseconds: 100, paths: "/api" });
    startWork();
    await waitUntil(async () => (await count("locked_at is not null")) >= 3);
    expect(await suspend()).toBeLessThan(limit);
    // How long a removal takes depends on Logto, which is asked about it.
    await remove();
    expect(await count("task_identifier = 'logto.sync_organization'")).toBeGreaterThan(waiting / 2);
  });
});

describe.runIf(isSlowRun())(
  "while Logto is told of three organizations with 200 members each",
  () => {
    it("the jobs of others are done in between", async () => {
      const prepared = await prepare();
      const owner = await world.createPerson();
      const members = await Promise.all(Array.from({ length: 200 }, () => world.createPerson()));
      for (let number = 0; number < 3; number += 1) {
        const organization = await application.createOrganization(owner);
        for (const member of members) await application.addMember(organization, member, "member");
      }
      provider.logto.faults.set({ kind: "slow", milliseconds: 50 });
      startWork();
      await waitUntil(
        async () =>
          (await count("task_identifier = 'logto.sync_organization' and locked_at is not null")) >=
          3,
      );
      expect(await doAll(prepared)).toBeLessThan(limit);
      expect(await world.countOpen()).toBeGreaterThan(300);
      provider.logto.faults.clear();
    });
  },
);
