import { describe, expect, it, vi } from "vitest";

import {
  createSession,
  purgeExpiredSessions,
  sessionsPerUser,
} from "../../src/sessions/sessions.ts";
import { hashToken } from "../../src/http/token.ts";
import { useApplication } from "../support/application.ts";
import { writeSessionCookie } from "../support/session-cookie.ts";

const application = useApplication({
  environment: { SESSION_SECRET: "a new secret, an old secret" },
});

/** The status of a page that only a signed-in person sees. */
async function open(cookie: string, baseUrl = application.baseUrl): Promise<number> {
  const answer = await fetch(`${baseUrl}/account`, {
    headers: { cookie, accept: "application/json" },
  });
  return answer.status;
}

/** A signed-in browser's cookie; `age` moves the session into the past, by the database's clock. */
async function signIn(age: { created?: string; seen?: string } = {}) {
  const person = await application.createPerson();
  const session = await application.createSessionCookie(person);
  const idHash = hashToken(session.id);
  await application.query(
    `update sessions set created_at = now() - $2::interval, last_seen_at = now() - $3::interval
      where id_hash = $1`,
    [idHash, age.created ?? "0", age.seen ?? "0"],
  );
  return { person, ...session, idHash };
}

const sign = (id: string, secret = "a new secret") =>
  writeSessionCookie(application.baseUrl, id, secret);

describe("a session", () => {
  it("SE03 is in the database as a hash: a stolen dump opens nothing", async () => {
    const { id, idHash } = await signIn();
    const [{ row } = { row: "" }] = await application.query<{ row: string }>(
      "select sessions::text as row from sessions where id_hash = $1",
      [idHash],
    );
    expect(row).not.toContain(id);
    expect(await open(sign(Buffer.from(idHash).toString("base64url")))).toBe(401);
  });

  it("SE09 ends when it has not been used for the idle limit", async () => {
    expect(await open((await signIn({ seen: "7 hours 59 minutes" })).cookie)).toBe(200);
    expect(await open((await signIn({ seen: "8 hours 1 second" })).cookie)).toBe(401);
  });

  it("SE09 lives on while it is used", async () => {
    const { cookie, idHash } = await signIn({ seen: "7 hours" });
    expect(await open(cookie)).toBe(200);
    await application.query(
      "update sessions set last_seen_at = last_seen_at - interval '7 hours' where id_hash = $1",
      [idHash],
    );
    expect(await open(cookie)).toBe(200);
  });

  it("SE10 ends at the absolute limit, however much it is used", async () => {
    expect(await open((await signIn({ created: "6 days 23 hours" })).cookie)).toBe(200);
    expect(await open((await signIn({ created: "7 days 1 second" })).cookie)).toBe(401);
  });

  it("SE12 is invalid with a forged signature, and with a right one on an unknown id", async () => {
    const { id } = await signIn();
    expect(await open(sign(id))).toBe(200);
    expect(await open(sign(id).replace(/; .*/, ""))).toBe(401);
    expect(await open(sign(id).replace(/\.sig=.*/, ".sig=forged"))).toBe(401);
    expect(await open(sign("unknown"))).toBe(401);
    expect(
      await application.query("select from sessions where id_hash = $1", [hashToken("unknown")]),
    ).toEqual([]);
  });

  it("SE13 SC05 goes on when the secret changes, signed again, and ends when the old secret is dropped", async () => {
    const { id } = await signIn();
    const answer = await fetch(`${application.baseUrl}/account`, {
      headers: { cookie: sign(id, "an old secret") },
    });
    expect(answer.status).toBe(200);
    expect(
      answer.headers
        .getSetCookie()
        .map((text) => text.split(";")[0])
        .join("; "),
    ).toBe(sign(id));
    expect(await open(sign(id, "a secret that was dropped"))).toBe(401);
  });

  it("SE14 ends on every instance with the next request: this one, and all of a person's", async () => {
    const { person, cookie, idHash } = await signIn();
    const other = await application.createSessionCookie(person);
    const second = await application.startSecond();
    const openBoth = async (text: string) => [await open(text), await open(text, second.baseUrl)];
    try {
      expect(await openBoth(cookie)).toEqual([200, 200]);
      await application.query("update sessions set revoked_at = now() where id_hash = $1", [
        idHash,
      ]);
      expect(await openBoth(cookie)).toEqual([401, 401]);
      expect(await openBoth(other.cookie)).toEqual([200, 200]);
      await application.query(
        "update users set sessions_valid_after = now() + interval '1 millisecond' where id = $1",
        [person.id],
      );
      expect(await openBoth(other.cookie)).toEqual([401, 401]);
    } finally {
      await second.stop();
    }
  });

  it("SE22 is marked as used once a minute at most, also by many requests at once", async () => {
    await application.query(`
      create table touches (id_hash bytea);
      create function note() returns trigger language plpgsql security definer as
        $$ begin insert into touches values (new.id_hash); return new; end $$;
      create trigger note after update of last_seen_at on sessions for each row execute function note()`);
    const { cookie, idHash } = await signIn({ seen: "61 seconds" });
    await application.query("delete from touches");
    await Promise.all(Array.from({ length: 30 }, () => open(cookie)));
    for (let count = 0; count < 30; count += 1) await open(cookie);
    const touches = await application.query("select from touches where id_hash = $1", [idHash]);
    expect(touches).toHaveLength(1);
    await application.query("drop trigger note on sessions");
  });

  it("SE23 ends the one used longest ago for the twenty-first", async () => {
    const person = await application.createPerson();
    const cookies: string[] = [];
    for (let count = 0; count < sessionsPerUser; count += 1) {
      const { id, cookie } = await application.createSessionCookie(person);
      await application.query(
        "update sessions set last_seen_at = now() - $2::interval where id_hash = $1",
        // The third is the one used longest ago.
        [hashToken(id), count === 2 ? "2 hours" : "1 hour"],
      );
      cookies.push(cookie);
    }
    cookies.push((await application.createSessionCookie(person)).cookie);
    const statuses = await Promise.all(cookies.map((cookie) => open(cookie)));
    expect(statuses.flatMap((status, index) => (status === 401 ? [index] : []))).toEqual([2]);
  });
});

describe("createSession()", () => {
  it("FA23 uses the database's clock: an application whose own is an hour off signs nobody out", async () => {
    const { id: userId } = await application.createPerson();
    const times = [];
    for (const error of [-3_600_000, 3_600_000, 9 * 3_600_000, -9 * 3_600_000]) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + error });
      try {
        const { idHash } = await createSession(application.database.unscoped, {
          userId,
          idpSid: null,
          userAgent: "test",
          ip: "192.0.2.1",
        });
        times.push(
          ...(await application.query<{ created: number; seen: number }>(
            `select abs(extract(epoch from now() - created_at))::float as created,
                    abs(extract(epoch from now() - last_seen_at))::float as seen
               from sessions where id_hash = $1`,
            [idHash],
          )),
        );
      } finally {
        vi.useRealTimers();
      }
    }
    expect(times).toHaveLength(4);
    for (const { created, seen } of times) expect(Math.max(created, seen)).toBeLessThan(60);
  });

  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1"],
    ["192.0.2.1:5000", "192.0.2.1"],
    ["unknown", null],
    ["", null],
  ])("stores the client %s as %s", async (ip, noted) => {
    const { id: userId } = await application.createPerson();
    const userAgent = "x".repeat(2_000);
    await createSession(application.database.unscoped, { userId, idpSid: "sid", userAgent, ip });
    expect(
      await application.query(
        "select host(ip) as ip, idp_sid, length(user_agent) as length from sessions where user_id = $1",
        [userId],
      ),
    ).toEqual([{ ip: noted, idp_sid: "sid", length: 500 }]);
  });
});

describe("SE11 a configured limit", () => {
  const strict = useApplication({
    environment: { SESSION_IDLE_HOURS: "0.5", SESSION_ABSOLUTE_HOURS: "1" },
  });

  it("binds sessions that began before it was changed", async () => {
    const openAged = async (created: string, seen: string) => {
      const { id, cookie } = await strict.createSessionCookie(await strict.createPerson());
      await strict.query(
        `update sessions set created_at = now() - $2::interval, last_seen_at = now() - $3::interval,
                data = '{"_maxAge": 86400000}' where id_hash = $1`,
        [hashToken(id), created, seen],
      );
      return open(cookie, strict.baseUrl);
    };
    expect(await openAged("31 minutes", "31 minutes")).toBe(401);
    expect(await openAged("61 minutes", "0")).toBe(401);
  });
});

describe("purgeExpiredSessions", () => {
  it("SE21 deletes sessions that can never be valid again, a batch at a time, and no others", async () => {
    const { id: userId } = await application.createPerson();
    await application.query("delete from sessions");
    await application.query(
      `insert into sessions (id_hash, user_id, created_at)
       select sha256(n::text::bytea), $1, now() - case when n <= 250 then interval '8 days' else '6 days' end
         from generate_series(1, 260) n`,
      [userId],
    );
    const count = async () =>
      (await application.query("select from sessions where user_id = $1", [userId])).length;
    const { sessions: sessionLimits } = application.config;
    const purge = () => purgeExpiredSessions.run(application.database.unscoped, { sessionLimits });
    await purge();
    expect(await count()).toBe(160);
    // Several at once share the work instead of waiting for each other.
    await Promise.all([purge(), purge()]);
    await purge();
    expect(await count()).toBe(10);
  });
});
