import { beforeEach, describe, expect, it } from "vitest";

import { newcomerMails, notifications } from "../../src/tenancy/limits.ts";
import { changeRole, leaveOrganization, removeMember } from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import { actorIn, attempt, letIn as admitAs } from "../support/acting.ts";
import { giveAddress } from "../support/addresses.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { findMailFaults, linkingName } from "../support/mail-links.ts";

const application = useApplication();

let owner: Person;
let acme: Organization;

beforeEach(async () => {
  owner = await application.createPerson();
  acme = await application.createOrganization(owner, linkingName);
  await giveAddress(application, owner);
});

async function arrive(): Promise<Person> {
  const person = await application.createPerson(linkingName);
  await giveAddress(application, person);
  return person;
}

const letIn = (person: Person, tell: string, user: { id: string } | null = person) =>
  admitAs(application, acme, person, { tell, user });

const leave = (person: Person) => leaveOrganization(application.database, actorIn(person, acme));

describe("a person who joins and leaves repeatedly", () => {
  it("IN11 causes one mail a day to the person who let them in, and can join ten times at most", async () => {
    const [grace, linus] = [await arrive(), await arrive()];
    const outcomes: string[] = [];
    for (let time = 0; time < 12; time += 1) {
      outcomes.push(await attempt(letIn(grace, owner.id)));
      if (outcomes.at(-1) === "done") await leave(grace);
    }
    expect(outcomes).toEqual([
      ...Array.from({ length: 10 }, () => "done"),
      "request.too_many",
      "request.too_many",
    ]);
    // A person whom the application admits at a sign-in has not joined by their own act.
    expect(await attempt(letIn(grace, owner.id, null))).toBe("done");
    await letIn(linus, owner.id);
    const mails = await application.deliverMail();
    expect(mails).toHaveLength(2);
    expect(findMailFaults(mails, application)).toEqual([]);
  });

  it("IN11 causes one mail, also if it is sent before they leave", async () => {
    const grace = await arrive();
    const counts: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      await letIn(grace, owner.id);
      counts.push((await application.deliverMail()).length);
      await leave(grace);
    }
    expect(counts).toEqual([1, 0, 0, 0]);
  });
});

describe("one address", () => {
  it("IN11 gets a hundred mails about organizations a day; further changes are made without a mail", async () => {
    const grace = await arrive();
    await letIn(grace, owner.id);
    const change = (role: "viewer" | "member") =>
      changeRole(application.database, actorIn(owner, acme), { userId: grace.id, role });
    await application.deliverMail();
    const left = 3;
    await change("viewer");
    expect(await application.deliverMail()).toHaveLength(1);
    await application.query("update limit_counters set used = $1 where limit_name = $2", [
      notifications.attempts - left,
      notifications.name,
    ]);
    let sent = 0;
    for (let time = 0; time < left + 3; time += 1) {
      await change(time % 2 === 0 ? "member" : "viewer");
      sent += (await application.deliverMail()).length;
    }
    expect(sent).toBe(left);
    expect(application.logged()).toContain("a mail was not sent");
    const [row] = await application.query("select role from memberships where user_id = $1", [
      grace.id,
    ]);
    expect(row).toEqual({ role: "viewer" });
    await application.query("update limit_counters set resets_at = now() - interval '1 second'");
    await change("member");
    expect(await application.deliverMail()).toHaveLength(1);
  });
});

describe("mails caused by strangers", () => {
  it("IN11 are thirty a day, and do not use up the mails about oneself", async () => {
    const member = await arrive();
    await letIn(member, owner.id);
    await application.deliverMail();
    await application.query("update limit_counters set used = $1 where limit_name = $2", [
      newcomerMails.attempts,
      newcomerMails.name,
    ]);
    await letIn(await arrive(), owner.id);
    expect(await application.deliverMail()).toEqual([]);
    await changeRole(application.database, actorIn(owner, acme), {
      userId: member.id,
      role: "owner",
    });
    // One mail to each of the two.
    expect(await application.deliverMail()).toHaveLength(2);
  });
});

describe("a name that looks like an address", () => {
  it("CS13 does not become a link in any mail about members", async () => {
    const { database } = application;
    const as = actorIn(owner, acme);
    const [joiner, member, heir] = [await arrive(), await arrive(), await arrive()];
    await application.query("update users set name = $2 where id = $1", [owner.id, linkingName]);
    await letIn(joiner, joiner.id);
    await letIn(member, owner.id);
    await letIn(heir, owner.id);
    await changeRole(database, as, { userId: joiner.id, role: "owner" });
    const mails = await application.deliverMail();
    await changeRole(database, as, { userId: heir.id, role: "admin" });
    mails.push(...(await application.deliverMail()));
    await removeMember(database, as, { userId: member.id });
    await transferOwnership(database, as, { userId: heir.id });
    mails.push(...(await application.deliverMail()));
    expect(mails.length).toBeGreaterThanOrEqual(8);
    expect(findMailFaults(mails, application)).toEqual([]);
  });
});
