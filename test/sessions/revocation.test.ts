import { setTimeout as wait } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { Transaction } from "../../src/database/database.ts";
import { obeyLogout } from "../../src/sessions/back-channel.ts";
import { revokeOtherSessions } from "../../src/sessions/own-sessions.ts";
import { revokeSessionsOfUser } from "../../src/sessions/revocation.ts";
import { createSession } from "../../src/sessions/sessions.ts";
import { type Person, useApplication } from "../support/application.ts";
import { makeGate } from "../support/gate.ts";

const application = useApplication();
const client = { userAgent: "test", ip: "127.0.0.1", idpSid: "sid" };

const countLiving = async ({ id }: Person) => {
  const rows = await application.query(
    `select from sessions s join users u on u.id = s.user_id
      where u.id = $1 and s.revoked_at is null
        and (u.sessions_valid_after is null or s.created_at > u.sessions_valid_after)`,
    [id],
  );
  return rows.length;
};

describe("revokeSessionsOfUser()", () => {
  it("SE14 ends all sessions of a person, with the reason, and returns how many; no one else's", async () => {
    const [person, other] = [await application.createPerson(), await application.createPerson()];
    const { cookie } = await application.createSessionCookie(person);
    for (const each of [person, other]) await application.createSessionCookie(each);
    const { unscoped } = application.database;
    expect(await revokeSessionsOfUser(unscoped, person.id, "suspended")).toBe(2);
    expect(await revokeSessionsOfUser(unscoped, person.id, "signed_out")).toBe(0);
    expect([await countLiving(person), await countLiving(other)]).toEqual([0, 1]);
    const reasons = await application.query(
      "select revoke_reason as reason from sessions where user_id = $1",
      [person.id],
    );
    expect(reasons).toEqual([{ reason: "suspended" }, { reason: "suspended" }]);
    const headers = { cookie, accept: "application/json" };
    expect((await fetch(`${application.baseUrl}/account`, { headers })).status).toBe(401);
  });

  it("SE14 does not prevent signing in afterwards", async () => {
    const person = await application.createPerson();
    await revokeSessionsOfUser(application.database.unscoped, person.id, "ended_by_user");
    // Both times are kept to the millisecond, and the session has to be later.
    await wait(2);
    const agent = await application.signInAs(person);
    expect((await agent.get("/account")).status).toBe(200);
  });

  it("SE14 does nothing when the transaction it is part of fails", async () => {
    const person = await application.createPerson();
    await application.createSessionCookie(person);
    const failing = application.database.unscoped.$transaction(async (tx) => {
      await revokeSessionsOfUser(tx, person.id, "suspended");
      throw new Error("in the middle");
    });
    await expect(failing).rejects.toThrow("in the middle");
    expect(await countLiving(person)).toBe(1);
  });
});

describe("a sign-in that is being written", () => {
  /** Ends sessions while a sign-in of the same person has written all its rows, and is not committed. */
  async function endMeanwhile(person: Person, end: () => Promise<unknown>): Promise<void> {
    const written = makeGate();
    const mayCommit = makeGate();
    const signIn = application.database.unscoped.$transaction(async (tx: Transaction) => {
      await tx.user.update({ where: { id: person.id }, data: { name: "Anew" } });
      await createSession(tx, { userId: person.id, ...client });
      written.open();
      await mayCommit.opened;
    });
    await written.opened;
    const ended = end();
    await untilOneWaits();
    mayCommit.open();
    await Promise.all([signIn, ended]);
  }

  async function untilOneWaits(): Promise<void> {
    const waiting = `select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await application.query(waiting)).length === 0) await wait(5);
  }

  const readSubject = async ({ id }: Person) => {
    const [row] = await application.query<{ issuer: string; subject: string }>(
      "select issuer, subject from users where id = $1",
      [id],
    );
    return { issuer: row?.issuer ?? "", subject: row?.subject ?? "" };
  };

  it.each(["sid", null])("SI27 does not slip through a back-channel logout of %s", async (sid) => {
    const person = await application.createPerson();
    const logout = { ...(await readSubject(person)), sid, jti: `${person.id} ${sid}` };
    await endMeanwhile(person, () => obeyLogout(application.database.unscoped, logout));
    expect(await countLiving(person)).toBe(0);
  });

  it("SE14 does not slip through when the person signs out everywhere", async () => {
    const person = await application.createPerson();
    const { unscoped } = application.database;
    await endMeanwhile(person, () => revokeSessionsOfUser(unscoped, person.id, "ended_by_user"));
    expect(await countLiving(person)).toBe(0);
  });

  it("SE14 does not slip through when the person signs out all others", async () => {
    const person = await application.createPerson();
    const { idHash } = await createSession(application.database.unscoped, {
      userId: person.id,
      ...client,
    });
    await endMeanwhile(person, () =>
      application.database.forUser(person.id, (tx) =>
        revokeOtherSessions(tx, { userId: person.id, idHash }),
      ),
    );
    expect(await countLiving(person)).toBe(1);
  });
});
