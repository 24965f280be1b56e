import { describe, expect, it } from "vitest";

import { accountsAtLogto, DemoError, noAccounts } from "../../dev/demo/accounts.ts";
import { cast } from "../../dev/demo/cast.ts";
import { fillDemo } from "../../dev/demo/demo.ts";
import { makeOwner } from "../../dev/seed/make-owner.ts";
import { LogtoError } from "../../src/logto/client/logto-error.ts";
import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import { reconcileUsers } from "../../src/logto/sync/reconcile-users.ts";
import { useLogto } from "../logto/logto-world.ts";

const world = useLogto();
const { application } = world;

/** Lists the memberships of an issuer's people. */
const readMembers = (issuer: string) =>
  application.query<{ organization: string; username: string; role: string }>(
    `select o.name as organization, u.username, m.role from memberships m
       join users u on u.id = m.user_id join organizations o on o.id = m.organization_id
      where u.issuer = $1 order by 1, 2`,
    [issuer],
  );

const countRows = () =>
  application.query(
    `select (select count(*) from users) as users, (select count(*) from organizations) as organizations,
            (select count(*) from memberships) as memberships, (select count(*) from audit_events) as events,
            (select count(*) from projects) as projects, (select count(*) from invitations) as invitations`,
  );

const [ada] = cast;
if (!ada) throw new Error("the cast is empty");

describe("fillDemo()", () => {
  it("makes the people at Logto, where a comparison changes nothing, and does nothing a second time", async () => {
    const accounts = accountsAtLogto(world.logto);
    expect(await fillDemo(application.database, accounts)).toBe(true);
    await world.settle();
    const members = await readMembers(accounts.issuer);
    expect(members).toHaveLength(11);
    expect(members).toContainEqual({
      organization: "Acme Robotics",
      username: "ada",
      role: "owner",
    });
    expect(members).toContainEqual({
      organization: "Birch & Sons",
      username: "ada",
      role: "viewer",
    });

    expect(await reconcileUsers(world.context)).toEqual([]);
    await world.settle();
    const before = await countRows();
    expect(await fillDemo(application.database, accounts)).toBe(false);
    expect(await countRows()).toEqual(before);
    expect(await readMembers(accounts.issuer)).toEqual(members);
  });

  it("goes on with accounts that were made before, such as by a run that was killed", async () => {
    const accounts = accountsAtLogto(world.logto);
    const subject = await accounts.enroll({ ...ada, identifier: "again" });
    expect(await accounts.enroll({ ...ada, identifier: "again" })).toBe(subject);
  });

  it("refuses to take another person's account for one of its own", async () => {
    const { username } = await world.createAccount();
    const taking = accountsAtLogto(world.logto).enroll({ ...ada, identifier: username });
    await expect(taking).rejects.toThrow(DemoError);
    await expect(taking).rejects.toThrow(`Logto makes no account for ${username}`);
  });

  it("says that Logto's password policy refuses the published password", async () => {
    // The stand-in has no policy.
    const refusal = new LogtoError("refused", "422", { status: 422, code: "password.rejected" });
    const strict: ManagementApi = { ...world.logto, read: () => Promise.reject(refusal) };
    await expect(accountsAtLogto(strict).enroll(ada)).rejects.toThrow("its password policy");
  });

  it("makes people without accounts, and calls no Logto about them", async () => {
    expect(await fillDemo(application.database, noAccounts)).toBe(true);
    await world.settle();
    const members = await readMembers(noAccounts.issuer);
    expect(members).toHaveLength(11);
    expect(await reconcileUsers(world.context)).toEqual([]);
    await world.settle();
    expect(await readMembers(noAccounts.issuer)).toEqual(members);
    const waiting = await world.listJobs();
    expect(waiting.filter(({ isDead }) => isDead)).toEqual([]);
    expect(await fillDemo(application.database, noAccounts)).toBe(false);
  });
});

describe("makeOwner()", () => {
  it("makes a user who has signed in an owner of the demo organizations, and of no others", async () => {
    await fillDemo(application.database, noAccounts);
    const person = await world.createPerson();
    await application.query(
      "update users set username = 'me', email = 'Me@x.example', email_verified = true where id = $1",
      [person.id],
    );
    const { issuer } = noAccounts;
    for (const who of ["me", "ME@x.example"]) {
      const names = await makeOwner(application.database, { who, issuer });
      expect(names).toEqual(["Acme Robotics", "Birch & Sons"]);
    }
    const owned = await application.query<{ id: string; role: string; events: number }>(
      `select m.role, (select count(*)::int from audit_events e where e.organization_id = m.organization_id
                         and e.target_id = $1::text and e.actor_id is null and e.details ->> 'via' = 'seed') as events
         from memberships m where m.user_id = $1::uuid`,
      [person.id],
    );
    expect(owned).toEqual([
      { role: "owner", events: 1 },
      { role: "owner", events: 1 },
    ]);
  });

  it("refuses an unknown name, an address that is not verified, and a name of several users", async () => {
    await world.createPerson();
    const rename = (change: string) => application.query(`update users set ${change}`);
    await rename("email = 'not@x.example', email_verified = false where username = 'emre'");
    const makeAsked = (who: string) =>
      makeOwner(application.database, { who, issuer: noAccounts.issuer });
    await expect(makeAsked("nobody")).rejects.toThrow("No user who has signed in has the username");
    await expect(makeAsked("not@x.example")).rejects.toThrow("No user who has signed in");
    // At Logto and nowhere.
    await expect(makeAsked("grace")).rejects.toThrow("More than one person is called grace");
  });
});
