import { beforeEach, describe, expect, it } from "vitest";

import { deleteAccount } from "../../src/account/deletion.ts";
import { changeRole, leaveOrganization, removeMember } from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import type { Role } from "../../src/access/roles.ts";
import { deleteOrganization } from "../../src/organizations/deletion.ts";
import { applicationRole } from "../../src/database/database.ts";
import { actorIn, letIn as admitAs } from "../support/acting.ts";
import { giveAddress, linkHuggingFace } from "../support/addresses.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { suspend } from "../support/world.ts";

const application = useApplication();

let owner: Person;
let grace: Person;
let acme: Organization;
const addresses = { owner: "", grace: "" };

beforeEach(async () => {
  owner = await application.createPerson("Olivia Owner");
  grace = await application.createPerson("Grace Hopper");
  acme = await application.createOrganization(owner, "Acme Robotics");
  addresses.owner = await giveAddress(application, owner);
  addresses.grace = await giveAddress(application, grace);
});

const join = (role: Role) => application.addMember(acme, grace, role);

const setRole = (role: Role, actor = owner, userId = grace.id) =>
  changeRole(application.database, actorIn(actor, acme), { userId, role });

const remove = () => removeMember(application.database, actorIn(owner, acme), { userId: grace.id });

const letIn = (tell: string | null, role: Role = "member") =>
  admitAs(application, acme, grace, { tell, role });

/** The recipients and subjects of the mails. */
const deliver = async () =>
  (await application.deliverMail()).map(({ to, subject }) => [to, subject] as const);

const link = (path = "") => `${application.baseUrl}/o/${acme.slug}${path}`;

describe("a member who has joined", () => {
  it("causes a mail to the person who let them in", async () => {
    await letIn(owner.id, "admin");
    const [mail, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      to: addresses.owner,
      subject: "Grace Hopper has joined Acme Robotics",
    });
    expect(mail?.text).toContain("has joined Acme Robotics as an admin.");
    expect(mail?.text).toContain(`\n${link("/members")}\n`);
    expect(mail?.html).toContain(`href="${link("/members")}"`);
  });

  it("without a name is not called by an address without its dots", async () => {
    await application.query("update users set name = null where id = $1", [grace.id]);
    await letIn(owner.id);
    const [mail] = await application.deliverMail();
    expect(mail?.subject).toBe("A new member has joined Acme Robotics");
    expect(mail?.text).toContain(
      `A new member (${addresses.grace}) has joined Acme Robotics as a member.`,
    );
  });

  it("gets a mail if they joined by themselves or were approved", async () => {
    await letIn(grace.id);
    const [mail] = await application.deliverMail();
    expect(mail).toMatchObject({
      to: addresses.grace,
      subject: "You have joined Acme Robotics",
    });
    expect(mail?.text).toContain(`\n${link()}\n`);
  });

  it("causes no other mail", async () => {
    await letIn(null);
    expect(await deliver()).toEqual([]);
  });

  it("gets a mail about a stronger role only if they were a member before", async () => {
    await join("viewer");
    await letIn(grace.id, "viewer");
    expect(await deliver()).toEqual([]);
    await letIn(grace.id, "admin");
    expect(await deliver()).toEqual([[addresses.grace, "You are now an admin of Acme Robotics"]]);
  });

  it("causes no mail after they, or the person who let them in, have left", async () => {
    await letIn(owner.id);
    await remove();
    await application.query("delete from graphile_worker._private_jobs where key like '%removed%'");
    expect(await deliver()).toEqual([]);

    const admin = await application.createPerson();
    await giveAddress(application, admin);
    await application.addMember(acme, admin, "admin");
    await letIn(admin.id);
    await leaveOrganization(application.database, actorIn(admin, acme));
    expect(await deliver()).toEqual([]);
  });
});

describe("a member who was removed", () => {
  it("gets a mail without a link, which they could not open", async () => {
    await join("member");
    await remove();
    const [mail, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      to: addresses.grace,
      subject: "You are no longer a member of Acme Robotics",
    });
    expect(mail?.html).not.toContain("href");
  });

  it("gets no mail if they left by themselves, or are a member again", async () => {
    await join("member");
    await leaveOrganization(application.database, actorIn(grace, acme));
    expect(await deliver()).toEqual([]);
    await join("member");
    await remove();
    await join("viewer");
    expect(await deliver()).toEqual([]);
  });
});

describe("a role", () => {
  it("changed by another member causes a mail to its holder", async () => {
    await join("viewer");
    await setRole("admin");
    const [mail, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      to: addresses.grace,
      subject: "You are now an admin of Acme Robotics",
    });
    expect(mail?.text).toContain("changed from viewer to admin");
    expect(mail?.text).toContain(`\n${link()}\n`);
  });

  it("changed by its holder causes no mail", async () => {
    await join("admin");
    await setRole("viewer", grace);
    expect(await deliver()).toEqual([]);
  });

  it("changed several times causes one mail, with the first and the last role", async () => {
    await join("viewer");
    for (const role of ["member", "viewer", "admin"] as const) await setRole(role);
    const [mail, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    expect(mail?.text).toContain("changed from viewer to admin");
  });

  it("changed back before the mail causes none", async () => {
    await join("viewer");
    await setRole("member");
    await setRole("viewer");
    expect(await deliver()).toEqual([]);
  });

  it("of a change that failed causes no mail", async () => {
    await join("viewer");
    await application.query(`revoke insert on audit_events from ${applicationRole}`);
    await expect(setRole("admin")).rejects.toThrow("permission denied");
    await application.query(`grant insert on audit_events to ${applicationRole}`);
    expect(await deliver()).toEqual([]);
  });
});

describe("ownership", () => {
  it.each([
    ["given to another member", "admin", "owner", "now an owner of Acme Robotics"],
    ["taken from an owner", "owner", "member", "no longer an owner of Acme Robotics"],
  ] as const)("%s causes a mail to both", async (_what, from, to, news) => {
    await join(from);
    await setRole(to);
    expect(new Map(await deliver())).toEqual(
      new Map([
        [addresses.grace, `You are ${news}`],
        [addresses.owner, `Grace Hopper is ${news}`],
      ]),
    );
  });

  it("transferred causes a mail to both; the former owner reads their new role", async () => {
    await join("member");
    await transferOwnership(application.database, actorIn(owner, acme), { userId: grace.id });
    const mails = await application.deliverMail();
    expect(mails).toHaveLength(2);
    const toOwner = mails.find(({ to }) => to === addresses.owner);
    expect(toOwner?.subject).toBe("Grace Hopper is now an owner of Acme Robotics");
    expect(toOwner?.text).toContain("You are now an admin there.");
    expect(toOwner?.text).toContain("If it was not you");
  });

  it("of a deleted account causes a mail to the successor", async () => {
    await join("member");
    const user = {
      id: owner.id,
      name: null,
      username: null,
      email: null,
      emailVerified: false,
      avatarUrl: null,
    };
    await deleteAccount(
      application.database,
      { user, request: { id: "r", ip: "192.0.2.1", userAgent: "test" } },
      { plans: new Map([[acme.id, { successorId: grace.id }]]), deleteAtProvider: null },
    );
    expect(await deliver()).toEqual([[addresses.grace, "You are now an owner of Acme Robotics"]]);
  });
});

describe("a mail about an organization", () => {
  it("is not sent if the organization, the account or the membership is gone", async () => {
    await join("viewer");
    await setRole("member");
    await application.query("update users set deleted_at = now() where id = $1", [grace.id]);
    expect(await deliver()).toEqual([]);
    await application.query("update users set deleted_at = null where id = $1", [grace.id]);

    await setRole("viewer");
    await suspend(application, grace);
    expect(await deliver()).toEqual([]);
    await application.query("update memberships set suspended_at = null where user_id = $1", [
      grace.id,
    ]);

    await setRole("admin");
    await deleteOrganization(application.database, actorIn(owner, acme));
    expect(await deliver()).toEqual([]);
    expect(
      await application.query("select id from graphile_worker.jobs where last_error is not null"),
    ).toEqual([]);
  });

  it("SI31 is not sent to an unproven address, and no job fails", async () => {
    await join("viewer");
    await giveAddress(application, grace, { email: "canary@x.example", isVerified: false });
    await linkHuggingFace(application, grace, { email: "canary@hf.example", isVerified: false });
    await setRole("member");
    expect(await deliver()).toEqual([]);
    expect(await application.query("select id from graphile_worker.jobs")).toEqual([]);
  });

  it("goes to the address of a linked account if only that one is proven", async () => {
    await join("viewer");
    await giveAddress(application, grace, { email: "unproven@x.example", isVerified: false });
    await linkHuggingFace(application, grace, { email: "Grace@HF.example", isVerified: true });
    await setRole("member");
    expect(await deliver()).toEqual([
      ["grace@hf.example", "You are now a member of Acme Robotics"],
    ]);
  });

  it("CS13 shows names as text", async () => {
    const evil = `<img src=x onerror=alert(1)>\r\nBcc: eve@x.example`;
    await application.query("update users set name = $2 where id = $1", [grace.id, evil]);
    await application.query("update organizations set name = $2 where id = $1", [acme.id, evil]);
    await letIn(owner.id);
    const [mail] = await application.deliverMail();
    const line = "<img src=x onerror=alert(1)> Bcc: eve x example";
    expect(mail?.subject).toBe(`${line} has joined ${line}`);
    expect(mail?.html).not.toContain("<img");
    expect(mail?.envelope.to).toEqual([addresses.owner]);
    expect(mail?.headers.some((header) => /^bcc:/i.test(header))).toBe(false);
  });

  it("SC03 leaves no address, no name and no text in a log or in the queue", async () => {
    const canary = "canary-7f3a";
    await giveAddress(application, grace, { email: `${canary}@x.example` });
    await application.query("update users set name = $2 where id = $1", [grace.id, canary]);
    await join("viewer");
    await setRole("member");
    const queued = await application.query(
      // Jobs with a queue are for Logto.
      "select * from graphile_worker._private_jobs where job_queue_id is null",
    );
    expect(queued).toHaveLength(1);
    expect(JSON.stringify(queued)).not.toContain(canary);
    expect(await deliver()).toHaveLength(1);
    expect(application.logged()).toContain("member.role_mail");
    expect(application.logged()).not.toMatch(new RegExp(`${canary}|You are now`));
  });
});
