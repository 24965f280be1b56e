import { describe, expect, it } from "vitest";

import { describePerson } from "../../src/relying-party/claims.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import people from "../fixtures/openid/people.json" with { type: "json" };
import { useApplication } from "../support/application.ts";
import { answerBy, arriveWith, assemble, insist, inventEmail, inviteAda, openBy } from "./world.ts";

const application = useApplication();

describe("accepting an invitation for an email address", () => {
  it("makes the person with that proven address a member, also if their provider spells it in capitals", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    const { token } = await world.invite(email);
    const ada = await arriveWith(application, { email: email.toUpperCase() });
    const page = await openBy(ada, token);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`Join ${world.organization.name}`);
    const answer = await answerBy(ada, token);
    expect([answer.status, answer.headers["location"]]).toEqual([303, world.path]);
    expect(await world.readRole(ada)).toBe("member");
    const [event] = await world.readEvents("member.joined");
    expect(event).toMatchObject({
      actorId: ada.person.id,
      details: { role: "member", via: "email", invited: email },
    });
  });

  it("IN02 has one effect if the button is pressed 20 times", async () => {
    const { world, token, ada } = await inviteAda(application);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => insist(() => answerBy(ada, token))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
    expect((await answerBy(ada, token)).headers["location"]).toBe(world.path);
    // The page has nothing to ask any more.
    expect((await openBy(ada, token)).headers["location"]).toBe(world.path);
    expect(await world.readEvents("member.joined")).toHaveLength(1);
  });

  it("IN03 is refused after it expired, by the clock of the database", async () => {
    const { world, invitation, ada } = await inviteAda(application);
    await invitation.letPass("6 days 23 hours 59 minutes");
    expect((await openBy(ada, invitation.token)).status).toBe(200);
    await invitation.letPass("1 minute");
    const before = await world.readEverything();
    for (const answer of [
      await openBy(ada, invitation.token),
      await answerBy(ada, invitation.token),
      await answerBy(ada, invitation.token, "rejection"),
      await answerBy(ada, invitation.token, "request"),
    ]) {
      expect(answer.status).toBe(410);
    }
    expect(await world.readEverything()).toEqual(before);
  });

  it("IN04 is refused to another account, and stays open", async () => {
    const { world, invitation, ada } = await inviteAda(application);
    const other = await arriveWith(application, { email: inventEmail("other") });
    const before = await world.readEverything();
    for (const act of ["acceptance", "rejection"] as const) {
      const answer = await answerBy(other, invitation.token, act);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain("This invitation is for another account");
    }
    expect(await world.readEverything()).toEqual(before);
    expect((await answerBy(ada, invitation.token)).status).toBe(303);
  });

  it("IN05 requires that the address is verified first", async () => {
    const { invitation, ada } = await inviteAda(application, { isVerified: false });
    const page = await openBy(ada, invitation.token);
    expect(page.status).toBe(200);
    expect(page.text).toContain("Please verify your email address first");
    expect(page.text).not.toContain(`/acceptance`);
    const answer = await answerBy(ada, invitation.token);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("Please verify your email address first");
    expect(await invitation.readStatus()).toBe("pending");
    await application.query("update users set email_verified = true where id = $1", [
      ada.person.id,
    ]);
    expect((await answerBy(ada, invitation.token)).status).toBe(303);
  });

  it("IN05 SI31 treats an address as unproven if Hugging Face says so, also if Logto calls it verified", async () => {
    const world = await assemble(application);
    const { idToken, userinfo } = people.grace;
    // As Logto was recorded to send it: verified, it says of the very address that Hugging Face denies.
    expect(userinfo.email_verified).toBe(true);
    const claims = { iss: "https://id.example/oidc", sub: idToken.sub, aud: "app", iat: 1 };
    const described = describePerson(claims, userinfo);
    const id = await application.database.unscoped.$transaction((tx) => mirrorUser(tx, described));
    const grace = {
      person: { id, name: "Grace" },
      agent: await application.signInAs({ id, name: "Grace" }),
    };
    const { token } = await world.invite(described.email ?? "");
    const answer = await answerBy(grace, token);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("Please verify your email address first");
    expect(await world.readRole(grace)).toBeNull();
    expect((await grace.agent.get("/organizations")).text).not.toContain(world.organization.name);
  });

  it("IN06 SI30 tells a person without an address that it is for another account; a link works for them", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    const { token } = await world.invite(email);
    const nobody = await arriveWith(application);
    const page = await openBy(nobody, token);
    expect(page.status).toBe(200);
    expect(page.text).toContain(email);
    expect(page.text).toContain(nobody.person.name);
    const answer = await answerBy(nobody, token);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("This invitation is for another account");
    expect((await nobody.agent.get("/organizations")).status).toBe(200);
    const link = await world.link();
    expect((await answerBy(nobody, link.token)).headers["location"]).toBe(world.path);
    expect(await world.readRole(nobody)).toBe("member");
  });

  it("SI31 does not match a user with the same address, unverified", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    const invitation = await world.invite(email);
    const proven = await arriveWith(application, { email });
    const claimed = await arriveWith(application, { email, isVerified: false });
    expect(claimed.person.id).not.toBe(proven.person.id);
    expect((await claimed.agent.get("/organizations")).text).not.toContain(world.organization.name);
    const path = `/organizations/${world.organization.id}/invitations/${invitation.id}`;
    const byName = await claimed.agent.post(`${path}/acceptance?account=${claimed.person.id}`);
    expect(byName.status).toBe(404);
    expect((await answerBy(claimed, invitation.token)).status).toBe(403);
    expect((await answerBy(proven, invitation.token)).status).toBe(303);
    expect(await world.readRole(claimed)).toBeNull();
  });

  it("raises a role and never lowers one", async () => {
    const world = await assemble(application);
    const { people: colleagues } = world;
    for (const [role, expected] of [
      ["viewer", "member"],
      ["member", "member"],
      ["admin", "admin"],
    ] as const) {
      const { token } = await world.link({ role });
      expect((await answerBy(colleagues.member, token)).status).toBe(303);
      expect(await world.readRole(colleagues.member)).toBe(expected);
    }
    const [changed, ...others] = await world.readEvents("member.role_changed");
    expect(changed?.details).toMatchObject({ from: "member", to: "admin", via: "link" });
    expect(others).toEqual([]);
    // The links that gave nothing were not used up.
    const uses = (await world.readInvitations()).map((row) => row.uses);
    expect(uses).toEqual([0, 0, 1]);
  });

  it("refuses the form of a page that was made for another account", async () => {
    const world = await assemble(application);
    const { token } = await world.link();
    const [ada, grace] = [await arriveWith(application), await arriveWith(application)];
    for (const act of ["acceptance", "rejection", "request"] as const) {
      const answer = await answerBy({ agent: ada.agent, person: grace.person }, token, act);
      expect(answer.status).toBe(409);
      expect(answer.text).toContain(`href="/invitations/${token}"`);
    }
    expect(await world.readRole(ada)).toBeNull();
    expect(await world.readRole(grace)).toBeNull();
  });
});

describe("declining an invitation", () => {
  it("closes it with an audit event; the person can be invited again", async () => {
    const { world, email, invitation: first, ada } = await inviteAda(application);
    const answer = await answerBy(ada, first.token, "rejection");
    expect(answer.headers["location"]).toBe("/organizations");
    expect((await ada.agent.get("/organizations")).text).toContain(
      `You declined the invitation to ${world.organization.name}.`,
    );
    expect(await first.readStatus()).toBe("declined");
    expect((await answerBy(ada, first.token)).status).toBe(410);
    const [event] = await world.readEvents("invitation.declined");
    expect(event).toMatchObject({ actorId: ada.person.id, details: { name: email } });
    const second = await world.invite(email);
    expect((await answerBy(ada, second.token)).status).toBe(303);
  });

  it("has no effect on a link, which has no recipient", async () => {
    const world = await assemble(application);
    const link = await world.link();
    const ada = await arriveWith(application);
    expect((await openBy(ada, link.token)).text).not.toContain("/rejection");
    expect((await answerBy(ada, link.token, "rejection")).status).toBe(303);
    expect(await link.readStatus()).toBe("pending");
  });
});

describe("accepting an invitation for a name at Hugging Face", () => {
  it("is for the person who has that name now, in capitals too, and stores their subject", async () => {
    const world = await assemble(application);
    const { id, token } = await world.invite("@lovelace");
    const ada = await arriveWith(application, { handle: "LoveLace", subject: "subject-1" });
    expect((await answerBy(ada, token)).status).toBe(303);
    const [row] = await world.readInvitations();
    expect(row).toMatchObject({ id, status: "accepted", subject: "subject-1" });
    const [event] = await world.readEvents("member.joined");
    expect(event?.details).toMatchObject({
      via: "hugging_face",
      invited: "@lovelace at Hugging Face",
    });
  });

  it("does not admit a person who took the name later; the one who gave it up stays a member", async () => {
    const world = await assemble(application);
    const { token } = await world.invite("@hopper");
    const first = await arriveWith(application, { handle: "hopper", subject: "subject-a" });
    expect((await answerBy(first, token)).status).toBe(303);
    await application.query("update identities set handle = 'murray' where subject = 'subject-a'");
    const second = await arriveWith(application, { handle: "hopper", subject: "subject-b" });
    expect((await answerBy(second, token)).status).toBe(410);
    expect((await answerBy(first, token)).headers["location"]).toBe(world.path);
    expect(await world.readRole(first)).toBe("member");
    expect(await world.readRole(second)).toBeNull();
  });

  it("is refused to people with another name or without one", async () => {
    const world = await assemble(application);
    const { token } = await world.invite("@wanted");
    const others = [
      await arriveWith(application, { handle: "unwanted" }),
      await arriveWith(application, { email: "wanted@example.com" }),
      await arriveWith(application),
    ];
    for (const other of others) expect((await answerBy(other, token)).status).toBe(403);
    // A handle at another provider is none at Hugging Face.
    const imposter = await arriveWith(application, { handle: "wanted" });
    await application.query("update identities set provider = 'github' where user_id = $1", [
      imposter.person.id,
    ]);
    expect((await answerBy(imposter, token)).status).toBe(403);
    expect((await imposter.agent.get("/organizations")).text).not.toContain(
      world.organization.name,
    );
  });
});
