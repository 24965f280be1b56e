import pino from "pino";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { jobs } from "../../src/features.ts";
import { type JobPool, openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { changeRole } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { giveAddress } from "../support/addresses.ts";
import { useApplication } from "../support/application.ts";
import { assemble, findTokens, inventEmail, inviteByForm } from "./world.ts";

const application = useApplication();
const lines: string[] = [];
const logger = pino({ level: "trace" }, { write: (line) => lines.push(line) });

/** The answer of the mail server to each recipient; null if it accepts the mail. */
let answer: number | null = null;
let asked = 0;
const server = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ["STARTTLS"],
  closeTimeout: 100,
  onRcptTo({ address }, _session, callback) {
    asked += 1;
    if (answer === null) return callback();
    callback(Object.assign(new Error(`<${address}> no`), { responseCode: answer }));
  },
  onData: (stream, _session, callback) => void stream.on("end", () => callback()).resume(),
});
let pool: JobPool;

beforeAll(async () => {
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  pool = openJobPool({ url: application.config.database.url, logger });
});
afterAll(async () => {
  await pool.end();
  await new Promise<void>((resolve) => server.close(resolve));
});
beforeEach(async () => {
  await application.query("delete from graphile_worker._private_jobs");
  answer = null;
  asked = 0;
  lines.length = 0;
});

/** Works off what is due, and what was put off. */
async function work(): Promise<void> {
  await application.query("update graphile_worker._private_jobs set run_at = now()");
  const { baseUrl, database } = application;
  const { port } = server.server.address() as { port: number };
  const smtpUrl = `smtp://127.0.0.1:${port}`;
  const mailer = createMailer({ smtpUrl, from: "mail@product.example", baseUrl });
  await drainJobs({
    kinds: jobs,
    pool,
    context: { database, mailer, logto: null, baseUrl, logger },
    logger,
  });
  mailer.close();
}

const listMailJobs = () =>
  application.query<{ attempts: number; isGivenUp: boolean }>(
    `select attempts::int, attempts >= max_attempts as "isGivenUp" from graphile_worker.jobs
      where task_identifier like '%mail'`,
  );

/** An invited person, and how the page shows the invitation. */
async function invitePerson() {
  const world = await assemble(application);
  const { agent } = world.people.admin;
  const email = inventEmail("canary");
  await inviteByForm(agent, world, email);
  const [invitation] = await world.readInvitations();
  return {
    email,
    see: async () => (await agent.get(world.list)).text,
    resend: () => agent.post(`${world.list}/${invitation?.id}/resend`).redirects(1),
  };
}

const refused =
  "The mail server refused this address. Check the address, or send the link yourself.";
const unsent = "We tried to send the email for four days.";
const waiting = "Email waiting to be sent";

describe("an invitation to an address that the mail server refuses for good", () => {
  it("is not tried again, and the page says so", async () => {
    const { see, email } = await invitePerson();
    answer = 550;
    expect(await see()).toContain(waiting);
    await work();
    expect(await listMailJobs()).toEqual([]);
    const page = await see();
    expect(page).toContain(refused);
    expect(page).not.toContain(waiting);
    await work();
    expect(asked).toBe(1);
    const logged = lines.filter((line) => line.includes("a mail was given up"));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain("EENVELOPE 550");
    expect(lines.join("")).not.toContain(email);
  });

  it("is mailed once more when it is sent again, and the link is shown", async () => {
    const { see, resend } = await invitePerson();
    answer = 550;
    await work();
    const answered = await resend();
    expect(answered.status).toBe(200);
    expect(findTokens(answered.text)).toHaveLength(1);
    expect(answered.text).not.toContain(refused);
    expect(answered.text).toContain(waiting);
    answer = null;
    await work();
    expect(await see()).toContain("· Emailed");
  });
});

describe("an invitation that the mail server refuses for now", () => {
  it("is tried again; after the last try the page says that it failed", async () => {
    const { see, resend } = await invitePerson();
    answer = 450;
    await work();
    expect(await listMailJobs()).toEqual([{ attempts: 1, isGivenUp: false }]);
    expect(await see()).toContain(waiting);
    await application.query("update graphile_worker._private_jobs set attempts = max_attempts - 1");
    await work();
    expect(await listMailJobs()).toEqual([{ attempts: 25, isGivenUp: true }]);
    expect(await see()).toContain(unsent);

    answer = null;
    await resend().expect(200);
    await work();
    expect(await listMailJobs()).toEqual([]);
    const page = await see();
    expect(page).toContain("· Emailed");
    expect(page).not.toContain(unsent);
  });
});

describe("a mail about a change", () => {
  it("is not tried again if its address is refused for good, and is logged once without it", async () => {
    const { organization, people } = await assemble(application);
    const userId = people.viewer.person.id;
    await giveAddress(application, people.viewer.person, { email: "canary-77@x.example" });
    const actor = actorIn(people.owner.person, organization);
    await changeRole(application.database, actor, { userId, role: "admin" });
    answer = 550;
    await work();
    expect(await listMailJobs()).toEqual([]);
    expect(lines.filter((line) => line.includes("a mail was given up"))).toHaveLength(1);
    expect(lines.join("")).not.toContain("canary-77");
  });
});
