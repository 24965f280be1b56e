import { afterEach, describe, expect, it, vi } from "vitest";

import { keepHouse, startHousekeeping } from "../../src/housekeeping.ts";
import { applicationRole } from "../../src/database/database.ts";
import { useApplication } from "../support/application.ts";
import { useSignIn } from "../support/sign-in.ts";

describe("keepHouse()", () => {
  const { application, reachCallback } = useSignIn();
  const lines: { level: string; fields: object; message: string }[] = [];
  const logger = {
    info: (fields: object, message: string) => void lines.push({ level: "info", fields, message }),
    warn: (fields: object, message: string) => void lines.push({ level: "warn", fields, message }),
  };
  const options = () => ({
    database: application.database,
    sessionLimits: application.config.sessions,
    logger,
  });
  const count = async (table: "sessions" | "sign_in_transactions" | "back_channel_logouts") =>
    (await application.query(`select from ${table}`)).length;
  afterEach(() => {
    lines.length = 0;
  });

  /** Sessions, so many of which can never be valid again. */
  async function addSessions(old: number, young: number): Promise<void> {
    await application.query("delete from sessions");
    const { id } = await application.createPerson();
    await application.query(
      `insert into sessions (id_hash, user_id, created_at)
       select sha256(n::text::bytea), $1, now() - case when n <= $2::int then interval '8 days' else interval '6 days' end
         from generate_series(1, $2::int + $3::int) n`,
      [id, old, young],
    );
  }

  it("SE21 PR05 removes all sessions that can never be valid again, and no other", async () => {
    await addSessions(1_234, 56);
    await keepHouse(options());
    expect(await count("sessions")).toBe(56);
  });

  it("SI33 PR05 forgets sign-ins that expired more than an hour ago, and no other", async () => {
    await application.query("delete from sign_in_transactions");
    const agent = application.visitor();
    for (let start = 0; start < 3; start += 1) await reachCallback(agent);
    await application.query(
      `update sign_in_transactions set expires_at = now() - case
         when state_hash = (select max(state_hash) from sign_in_transactions) then interval '50 minutes'
         when state_hash = (select min(state_hash) from sign_in_transactions) then interval '70 minutes'
         else interval '-5 minutes' end`,
    );
    await keepHouse(options());
    expect(await count("sign_in_transactions")).toBe(2);
  });

  it("SI27 PR05 forgets logout tokens once nobody accepts them any more, and no other", async () => {
    await application.query(
      `insert into back_channel_logouts (jti_hash, expires_at)
       select sha256(n::text::bytea), now() + case when n <= 234 then interval '-1 second' else interval '1 minute' end
         from generate_series(1, 240) n`,
    );
    await keepHouse(options());
    expect(await count("back_channel_logouts")).toBe(6);
  });

  it("does each chore although another fails, says so, and does it the next time", async () => {
    const owner = await application.createPerson();
    const { id } = await application.createOrganization(owner);
    await application.query(
      "update organizations set deleted_at = now() - interval '15 days' where id = $1",
      [id],
    );
    await addSessions(5, 0);
    await application.query(`revoke delete on sessions from ${applicationRole}`);
    try {
      await keepHouse(options());
    } finally {
      await application.query(`grant delete on sessions to ${applicationRole}`);
    }
    const warnings = lines.filter(({ level }) => level === "warn");
    expect(warnings).toMatchObject([
      { fields: { chore: "sessions" }, message: "housekeeping failed" },
    ]);
    expect(lines).toContainEqual({
      level: "info",
      fields: { organizationId: id },
      message: "organization purged",
    });
    expect(await count("sessions")).toBe(5);
    await keepHouse(options());
    expect(await count("sessions")).toBe(0);
  });

  it("purges the other organizations although one of them cannot be", async () => {
    const owner = await application.createPerson();
    const made = [];
    for (let n = 0; n < 3; n += 1) made.push(await application.createOrganization(owner));
    const ids = made.map(({ id }) => id);
    await application.query(
      "update organizations set deleted_at = now() - interval '15 days' where id = any($1)",
      [ids],
    );
    await application.query("create table clings (organization_id uuid references organizations)");
    await application.query("insert into clings values ($1)", [ids[1]]);
    try {
      await keepHouse(options());
      expect(
        await application.query("select id from organizations where id = any($1)", [ids]),
      ).toEqual([{ id: ids[1] }]);
      const warnings = lines.filter(({ level }) => level === "warn");
      expect(warnings).toMatchObject([{ fields: { organizationId: ids[1] } }]);
    } finally {
      await application.query("drop table clings");
    }
  });

  it("is done once by several instances at once, which do not get into each other's way", async () => {
    const owner = await application.createPerson();
    const ids: string[] = [];
    for (let n = 0; n < 8; n += 1) ids.push((await application.createOrganization(owner)).id);
    await application.query(
      "update organizations set deleted_at = now() - interval '15 days' where id = any($1)",
      [ids],
    );
    await addSessions(900, 9);
    await Promise.all([keepHouse(options()), keepHouse(options()), keepHouse(options())]);
    expect(await count("sessions")).toBe(9);
    for (const organizationId of ids) {
      const told = lines.filter(({ fields }) => Object.values(fields).includes(organizationId));
      expect(told).toHaveLength(1);
    }
    expect(lines.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("stops between two statements when it is told to", async () => {
    await addSessions(350, 0);
    let asked = 0;
    await keepHouse(options(), () => (asked += 1) > 2);
    expect(await count("sessions")).toBe(150);
  });
});

describe("startHousekeeping()", () => {
  const application = useApplication();
  const logger = { info: () => undefined, warn: () => undefined };
  afterEach(() => {
    vi.useRealTimers();
  });

  const addOld = async () => {
    const { id } = await application.createPerson();
    await application.query(
      `insert into sessions (id_hash, user_id, created_at)
       select sha256(gen_random_uuid()::text::bytea), $1, now() - interval '8 days' from generate_series(1, 150)`,
      [id],
    );
  };
  const count = async () => (await application.query("select from sessions")).length;

  it("works at once and again every hour, and ends when told to, after what is under way", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { database, config } = application;
    await addOld();
    const stop = startHousekeeping({ database, sessionLimits: config.sessions, logger });
    await expect.poll(count).toBe(0);
    await addOld();
    vi.advanceTimersByTime(59 * 60_000);
    expect(await count()).toBe(150);
    vi.advanceTimersByTime(60_000);
    await expect.poll(count).toBe(0);
    await stop();
    expect(vi.getTimerCount()).toBe(0);
    await addOld();
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(await count()).toBe(150);
  });

  it("does not keep a process alive that has nothing else to do", () => {
    const { database, config } = application;
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const stop = startHousekeeping({ database, sessionLimits: config.sessions, logger });
    const after = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    expect(after).toBe(before);
    return stop();
  });
});
