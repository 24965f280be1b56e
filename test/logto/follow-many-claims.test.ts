import pino from "pino";
import { beforeAll, describe, expect, it } from "vitest";

import { openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs } from "../../src/jobs/worker.ts";
import { followClaimsJob } from "../../src/logto/sync/follow-claims.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import type { Role } from "../../src/access/roles.ts";
import { type Person, useApplication } from "../support/application.ts";
import { followClaimsOf, insertMany } from "./claims.ts";

const application = useApplication();
const many = 500;
let owner: Person;

/** Creates a user with 500 linked organizations, which Logto knows. */
beforeAll(async () => {
  owner = await application.createPerson();
  await insertMany(application, owner, { prefix: "one-of-many", count: many, isLinked: true });
});

const claim = (name: string, role: Role) =>
  Object.fromEntries(Array.from({ length: many }, (_, index) => [`${name}-${index + 1}`, role]));

async function measure(work: Promise<void>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

describe("claims that differ in 500 organizations", () => {
  it.each([
    { what: "another role in each of them", claimed: claim("one-of-many", "member") },
    { what: "none of them, and 500 unknown ones", claimed: claim("unknown", "member") },
    { what: "all of them, for a new user", claimed: claim("one-of-many", "admin"), isNew: true },
  ])("are left to one job that nobody waits for: $what", async ({ claimed, isNew }) => {
    await application.query("delete from graphile_worker._private_jobs");
    const person = isNew ? await application.createPerson() : owner;
    // It waits 300 milliseconds, and longer on a busy machine. One after the other, 500 would take minutes.
    expect(await measure(followClaimsOf(application.database, person, claimed))).toBeLessThan(
      2_000,
    );
    const jobs = await application.query(
      "select task_identifier as kind from graphile_worker.jobs",
    );
    expect(jobs).toEqual([{ kind: "logto.follow_claims" }]);
  });

  it("are all followed afterwards, each organization by one job", async () => {
    await application.query("delete from graphile_worker._private_jobs");
    const person = await application.createPerson();
    await followClaimsOf(application.database, person, claim("one-of-many", "admin"));
    const logger = pino({ level: "silent" });
    const { database, baseUrl, config } = application;
    const pool = openJobPool({ url: config.database.url, logger });
    const mailer = createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl });
    const context = { database, mailer, baseUrl, logger, logto: null };
    await drainJobs({ pool, context, logger, kinds: [followClaimsJob] });
    await pool.end();
    const [hinted] = await application.query<{ count: number }>(
      "select count(*)::int as count from logto_memberships where user_id = $1 and hints = 1",
      [person.id],
    );
    expect(hinted?.count).toBe(many);
    const jobs = await application.query(
      "select task_identifier as kind, count(*)::int as count from graphile_worker.jobs group by 1",
    );
    expect(jobs).toEqual([{ kind: "logto.sync_organization", count: many }]);
  });
});
