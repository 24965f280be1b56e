import { describe, expect, it } from "vitest";

import { approveRequest, withdrawRequest } from "../../src/join-requests/join-request.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { giveAddress, linkHuggingFace } from "../support/addresses.ts";
import { useApplication } from "../support/application.ts";
import { openOrigin } from "../support/join-requests.ts";
import { readEvents, suspend } from "../support/world.ts";
import { askWith } from "./world.ts";

const application = useApplication();

const ask = askWith(application);

const deliver = async () =>
  (await application.deliverMail()).map(({ to, subject }) => [to, subject]);

async function assemble() {
  const owner = await application.createPerson();
  const address = await giveAddress(application, owner);
  const organization = await application.createOrganization(owner, "Acme Robotics");
  return { owner, address, organization };
}

describe("requestToJoin()", () => {
  it("makes one request of ten at once, with one audit event", async () => {
    const { organization } = await assemble();
    const asker = await application.createPerson();
    const ids = await Promise.all(Array.from({ length: 10 }, () => ask(organization, asker)));
    expect(ids.filter((id) => id !== "")).toHaveLength(1);
    expect(await application.deliverMail()).toHaveLength(1);
    expect(await readEvents(application, organization)).toMatchObject([
      {
        action: "join_request.made",
        actorId: asker.id,
        details: { role: "member", via: "test" },
      },
    ]);
  });

  it("mails the people who can decide and have a proven address", async () => {
    const { organization, address } = await assemble();
    const admin = await application.createPerson();
    await application.addMember(organization, admin, "admin");
    const adminAddress = await giveAddress(application, admin);
    for (const [role, isVerified, isSuspended] of [
      ["admin", false, false],
      ["admin", true, true],
      ["member", true, false],
      ["viewer", true, false],
    ] as const) {
      const person = await application.createPerson();
      await giveAddress(application, person, { isVerified });
      await application.addMember(organization, person, role);
      if (isSuspended) {
        await suspend(application, person);
      }
    }
    const asker = await application.createPerson("Grace Hopper");
    await giveAddress(application, asker, { email: "grace@acme.example" });
    await linkHuggingFace(application, asker, { handle: "amazing-grace" });
    await ask(organization, asker);
    const mails = await application.deliverMail();
    expect(mails.map(({ to }) => to).toSorted()).toEqual([address, adminAddress].toSorted());
    for (const mail of mails) {
      expect(mail.subject).toBe("Grace Hopper asks to join Acme Robotics");
      expect(mail.text).toContain(
        "Grace Hopper (grace@acme.example, @amazing-grace at Hugging Face) asks to join",
      );
      expect(mail.text).toContain(
        `\n${application.baseUrl}/o/${organization.slug}/join-requests\n`,
      );
    }
    expect(await application.deliverMail()).toEqual([]);
  });

  it("mails twenty of them at most, the oldest members first", async () => {
    const { organization, address } = await assemble();
    const addresses = [address];
    for (let count = 0; count < 24; count += 1) {
      const admin = await application.createPerson();
      addresses.push(await giveAddress(application, admin));
      await application.addMember(organization, admin, "admin");
    }
    await ask(organization, await application.createPerson());
    const told = (await application.deliverMail()).map(({ to }) => to);
    expect(told.toSorted()).toEqual(addresses.slice(0, 20).toSorted());
  });

  it("sends no mail if the request is gone, or the reader cannot decide any more", async () => {
    const { organization, owner } = await assemble();
    const asker = await application.createPerson();
    const id = await ask(organization, asker);
    await withdrawRequest(application.database, actorIn(asker, organization), { id });
    expect(await deliver()).toEqual([]);

    const other = await application.createPerson();
    await ask(organization, other);
    await application.addMember(organization, await application.createPerson(), "owner");
    await application.query("update memberships set role = 'member' where user_id = $1", [
      owner.id,
    ]);
    expect(await deliver()).toEqual([]);

    await application.query("update memberships set role = 'admin' where user_id = $1", [owner.id]);
    const third = await application.createPerson();
    await ask(organization, third);
    await application.query("update users set deleted_at = now() where id = $1", [third.id]);
    expect(await deliver()).toEqual([]);
  });

  it("IN11 sends one mail a day, also if the person withdraws and asks again", async () => {
    const { organization, address } = await assemble();
    const asker = await application.createPerson("Nag");
    for (let round = 0; round < 3; round += 1) {
      const id = await ask(organization, asker);
      await application
        .deliverMail()
        .then((mails) => expect(mails).toHaveLength(round === 0 ? 1 : 0));
      await withdrawRequest(application.database, actorIn(asker, organization), { id });
    }
    await application.query("update join_requests set created_at = now() - interval '25 hours'");
    await application.query("update limit_counters set resets_at = now() - interval '1 second'");
    await ask(organization, asker);
    expect(await deliver()).toEqual([[address, "Nag asks to join Acme Robotics"]]);
  });

  it("gives the proven address of a person without a name", async () => {
    const { organization } = await assemble();
    const asker = await application.createPerson();
    await application.query("update users set name = null, username = null where id = $1", [
      asker.id,
    ]);
    const email = await giveAddress(application, asker);
    await ask(organization, asker);
    const [mail] = await application.deliverMail();
    expect(mail?.subject).toBe("Someone asks to join Acme Robotics");
    expect(mail?.text).toContain(`Someone (${email}) asks to join Acme Robotics.`);
  });
});

describe("approveRequest()", () => {
  it("gives the role that the origin grants now, and records its details", async () => {
    const { organization, owner } = await assemble();
    const asker = await application.createPerson();
    const id = await ask(organization, asker);
    const origin = {
      ...openOrigin,
      grant: async () => ({ role: "viewer" as const, details: { domain: "acme.example" } }),
    };
    const actor = actorIn(owner, organization);
    await approveRequest(application.database, actor, { id }, [origin]);
    const [event] = await readEvents(application, organization, "member.joined");
    expect(event?.details).toEqual({ role: "viewer", via: "test", domain: "acme.example" });
  });

  it("refuses a deleted account, and a withdrawn request", async () => {
    const { organization, owner } = await assemble();
    const actor = actorIn(owner, organization);
    const gone = await application.createPerson();
    const first = await ask(organization, gone);
    await application.query("update users set deleted_at = now() where id = $1", [gone.id]);
    expect(
      await attempt(approveRequest(application.database, actor, { id: first }, [openOrigin])),
    ).toBe("request.not_found");
    const asker = await application.createPerson();
    const second = await ask(organization, asker);
    await withdrawRequest(application.database, actorIn(asker, organization), { id: second });
    expect(
      await attempt(approveRequest(application.database, actor, { id: second }, [openOrigin])),
    ).toBe("join_request.decided");
  });

  it("only closes the request of a member with that role or a stronger one", async () => {
    const { organization, owner } = await assemble();
    const asker = await application.createPerson();
    await giveAddress(application, asker);
    const id = await ask(organization, asker);
    await application.addMember(organization, asker, "admin");
    await application.deliverMail();
    await approveRequest(application.database, actorIn(owner, organization), { id }, [openOrigin]);
    const [row] = await application.query(
      `select r.status, m.role from join_requests r join memberships m using (organization_id, user_id)
        where r.id = $1`,
      [id],
    );
    expect(row).toEqual({ status: "approved", role: "admin" });
    expect(await deliver()).toEqual([]);
  });
});
