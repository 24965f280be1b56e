import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { jobs } from "../../src/features.ts";
import { startMailCatcher } from "../../dev/mail/server.ts";
import { findAnyPort } from "../../dev/system/ports.ts";
import { type JobPool, openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { changeRole } from "../../src/memberships/member.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { actorIn } from "../support/acting.ts";
import { giveAddress } from "../support/addresses.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();
const lines: string[] = [];
const logger = createLogger("trace", { write: (line) => lines.push(line) });

let pool: JobPool;
beforeAll(() => {
  pool = openJobPool({ url: application.config.database.url, logger });
});
afterAll(() => pool.end());

/** Works off what is due, with that mail server. */
async function work(smtpUrl: string | undefined): Promise<void> {
  const { baseUrl, database } = application;
  const mailer = createMailer({ smtpUrl, from: "mail@product.example", baseUrl });
  await drainJobs({
    kinds: jobs,
    pool,
    context: { database, mailer, logto: null, baseUrl, logger },
    logger,
  });
  mailer.close();
}

const listJobs = () =>
  application.query<{ attempts: number; error: string | null }>(
    "select attempts, last_error as error from graphile_worker.jobs",
  );

/** Changes something about which a person gets a mail. @returns their address */
async function changeSomething(): Promise<string> {
  const owner = await application.createPerson();
  const member = await application.createPerson();
  const organization = await application.createOrganization(owner);
  await application.addMember(organization, member, "viewer");
  const address = await giveAddress(application, member, { email: "canary-5d1f@x.example" });
  await changeRole(application.database, actorIn(owner, organization), {
    userId: member.id,
    role: "admin",
  });
  return address;
}

describe("a mail", () => {
  it("IN15 waits while the mail server is away, and arrives once it is back; the change does not wait", async () => {
    const address = await changeSomething();
    const port = await findAnyPort();
    const smtpUrl = `smtp://127.0.0.1:${port}`;
    await work(smtpUrl);
    const [waiting] = await listJobs();
    expect(waiting?.attempts).toBe(1);
    expect(waiting?.error).toMatch(/^The mail server did not take it \(\w+\)\.$/);

    const catcher = await startMailCatcher({ smtpPort: port, httpPort: 0 });
    // Not yet: it waits longer each time.
    await work(smtpUrl);
    expect(catcher.messages()).toEqual([]);
    await application.query("update graphile_worker._private_jobs set run_at = now()");
    await work(smtpUrl);
    expect(catcher.messages().map(({ to }) => to)).toEqual([address]);
    expect(await listJobs()).toEqual([]);
    await catcher.stop();
    expect(lines.join("")).not.toContain("canary-5d1f");
  });

  it("waits while SMTP_URL is not set, and a warning names it", async () => {
    await changeSomething();
    lines.length = 0;
    await work(undefined);
    expect(await listJobs()).toMatchObject([
      { attempts: 1, error: "SMTP_URL is not set: mail waits until it is." },
    ]);
    const logged = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
    expect(logged.filter(({ level }) => level >= 40)).toMatchObject([
      { level: 40, msg: "job failed", job: "member.role_mail", attempt: "1 of 25" },
    ]);
  });

  it("FA18 is sent again with the same id when its worker was killed after sending it", async () => {
    await application.query("delete from graphile_worker._private_jobs");
    await changeSomething();
    const queued =
      // Not one of those that share a queue: what Logto is to be told.
      "select to_jsonb(j) - 'is_available' as row from graphile_worker._private_jobs j where job_queue_id is null";
    const [job] = await application.query<{ row: object }>(queued);
    const catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
    await work(catcher.smtpUrl);
    expect(await listJobs()).toEqual([]);
    // The next worker finds it like this, once the lock is released.
    const columns = Object.keys(job?.row ?? {}).join(", ");
    await application.query(
      `insert into graphile_worker._private_jobs (${columns}) overriding system value
       select ${columns} from jsonb_populate_record(null::graphile_worker._private_jobs, $1)`,
      [JSON.stringify(job?.row)],
    );
    await work(catcher.smtpUrl);
    const ids = catcher
      .messages()
      .map(({ headers }) => headers.find((line) => line.startsWith("Message-ID:")));
    expect(ids).toHaveLength(2);
    expect(ids[0]).toMatch(/^Message-ID: <\d+\.\d{13}@localhost>$/);
    expect(ids[1]).toBe(ids[0]);
    await catcher.stop();
  });
});
