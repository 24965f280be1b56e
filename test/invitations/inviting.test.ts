import { describe, expect, it } from "vitest";

import { withoutOwnScripts } from "../support/own-scripts.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import {
  answerBy,
  arriveWith,
  assemble,
  findTokens,
  inventEmail,
  inviteAda,
  inviteByForm,
  linkByForm,
  openBy,
} from "./world.ts";

const application = useApplication();
const runs = repetitions(50);

/** The result of each line, by its text. */
function readResults(html: string): Record<string, string> {
  const lines = html.matchAll(
    /<span class="font-semibold">([^<]*)<\/span>\s*(?:<span>([^<]*)<\/span>)?\s*(<code)?/g,
  );
  return Object.fromEntries(
    [...lines].map(([, text = "", fault = "", link]) => [text, link ? "invited" : fault]),
  );
}

describe("inviting", () => {
  it("invites each line separately, with a result for each", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const [email, other] = [inventEmail(), inventEmail("other")];
    const list = [
      email,
      "@Ada",
      "https://huggingface.co/Grace-H",
      "nonsense",
      `${other} b@y.example`,
    ];
    const answer = await inviteByForm(agent, world, list.join("\r\n"), { role: "viewer" });
    expect(answer.status).toBe(200);
    expect(readResults(answer.text)).toEqual({
      [`${email} (the mail is on its way)`]: "invited",
      "@Ada": "invited",
      "https://huggingface.co/Grace-H": "invited",
      nonsense: "That is neither an email address nor a name at Hugging Face such as @ada.",
      [`${other} b@y.example`]: "Please put a comma or a new line between addresses.",
    });
    // The form keeps the lines that failed.
    expect(answer.text).toMatch(new RegExp(`<textarea[^>]*>\n?nonsense\r?\n${other} b@y.example<`));
    const rows = await world.readInvitations();
    expect(rows.map(({ email: to, handle, role, kind }) => [kind, to ?? handle, role])).toEqual([
      ["email", email, "viewer"],
      ["hugging_face", "ada", "viewer"],
      ["hugging_face", "grace-h", "viewer"],
    ]);
    const events = await world.readEvents("invitation.created");
    expect(events).toHaveLength(3);
    expect(events[0]).toMatchObject({ details: { name: email, kind: "email", role: "viewer" } });
  });

  it("takes a list as people paste it: commas, semicolons, and names before addresses", async () => {
    const world = await assemble(application);
    const list = '"Doe, Jane" <jane@x.example>, Bo <bo@x.example>; cy@x.example,\r\n@dee';
    await inviteByForm(world.people.admin.agent, world, list);
    const rows = await world.readInvitations();
    expect(rows.map(({ email, handle }) => `${email ?? handle}`).toSorted()).toEqual([
      "bo@x.example",
      "cy@x.example",
      "dee",
      "jane@x.example",
    ]);
  });

  it("IN08 is refused for a role above the inviter's own", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const before = await world.readEverything();
    const byAdmin = await inviteByForm(admin.agent, world, "@ada", { role: "owner" });
    expect(byAdmin.status).toBe(403);
    expect(byAdmin.text).toContain("You cannot give that role");
    expect((await inviteByForm(owner.agent, world, "@ada", { days: "365" })).status).toBe(422);
    for (const role of ["superuser", "", "OWNER"]) {
      expect((await inviteByForm(owner.agent, world, "@ada", { role })).status).toBe(422);
      expect((await linkByForm(owner.agent, world, { role })).status).toBe(422);
    }
    // A link makes nobody an owner, not even a link of an owner.
    expect((await linkByForm(owner.agent, world, { role: "owner" })).status).toBe(422);
    expect(await world.readEverything()).toEqual(before);
  });

  it("IN08 requires a recent sign-in to invite an owner", async () => {
    const world = await assemble(application);
    const { owner, admin } = world.people;
    const asked = await inviteByForm(owner.agent, world, "@ada", { role: "owner" });
    expect(asked.status).toBe(403);
    expect(asked.text).toContain("Verify it's you");
    expect(await world.readInvitations()).toEqual([]);
    const agent = await application.signInAs(owner.person, { authenticationAge: 0 });
    const answer = await inviteByForm(agent, world, "@ada", { role: "owner" });
    expect(answer.status).toBe(200);
    const [token = ""] = findTokens(answer.text);
    const [row] = await world.readInvitations();
    // An admin cannot send it again either.
    expect((await world.press(admin, { id: row?.id ?? "" }, "resend")).status).toBe(403);
    const ada = await arriveWith(application, { handle: "ada" });
    expect((await answerBy(ada, token)).status).toBe(303);
    expect(await world.readRole(ada)).toBe("owner");
  });

  it("IN09 keeps one open invitation for each person, in all spellings of their address", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const spellings = ["ada@bücher.example", "  ADA@BÜCHER.example ", "ada@xn--bcher-kva.example"];
    const answer = await inviteByForm(agent, world, spellings.join("\n"));
    const [first = "", second = "", third = ""] = spellings.map((line) => line.trim());
    expect(readResults(answer.text)).toEqual({
      [`${first} (the mail is on its way)`]: "invited",
      [second]: "is already invited.",
      [third]: "is already invited.",
    });
    const again = await inviteByForm(agent, world, "Ada@Bücher.example");
    expect(again.status).toBe(422);
    expect((await inviteByForm(agent, world, "@Ada\n@aDA")).status).toBe(200);
    const rows = await world.readInvitations();
    expect(rows.map(({ email, handle }) => email ?? handle)).toEqual([
      "ada@xn--bcher-kva.example",
      "ada",
    ]);
  });

  it(`IN09 makes one when two admins invite the same person at once, in each of ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const world = await assemble(application);
      const { admin, owner } = world.people;
      const email = inventEmail();
      const answers = await Promise.all([
        inviteByForm(admin.agent, world, email),
        inviteByForm(owner.agent, world, email.toUpperCase()),
      ]);
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["200", "422"]);
      expect(await world.readInvitations()).toHaveLength(1);
    }
  });

  it("IN09 says on a line that the person is a member, found by any of their proven addresses", async () => {
    const world = await assemble(application);
    const { organization, people } = world;
    const [email, linked, unproven] = [inventEmail(), inventEmail("linked"), inventEmail("un")];
    const ada = await arriveWith(application, { email: email.toUpperCase(), handle: "Ada-Member" });
    await application.query(
      "update identities set email = $1, email_verified = true where user_id = $2",
      [linked, ada.person.id],
    );
    const un = await arriveWith(application, { email: unproven, isVerified: false });
    for (const { person } of [ada, un]) await application.addMember(organization, person, "viewer");
    const lines = [email, linked, "@ada-member", unproven];
    const answer = await inviteByForm(people.admin.agent, world, lines.join("\n"));
    expect(readResults(answer.text)).toEqual({
      [email]: "is already a member.",
      [linked]: "is already a member.",
      "@ada-member": "is already a member.",
      // Nobody has proved that this address is theirs.
      [`${unproven} (the mail is on its way)`]: "invited",
    });
    expect(await world.readInvitations()).toHaveLength(1);
  });

  it.each([
    ["two with a space between", "a@x.example b@y.example"],
    ["a header after it", "ada@x.example%0d%0aBcc:eve@x.example"],
    ["markup", "<img/src=x>@x.example"],
    ["a Kelvin sign", "mi\u212Ae@x.example"],
    ["a Kelvin sign in a name at Hugging Face", "@mi\u212Ae"],
    ["a path", "@../admin"],
  ])("IN10 refuses %s on its line, and invites the others", async (_what, line) => {
    const world = await assemble(application);
    const answer = await inviteByForm(world.people.admin.agent, world, `${line}\n@ada`);
    expect(answer.status).toBe(200);
    const rows = await world.readInvitations();
    expect(rows.map(({ email, handle }) => email ?? handle)).toEqual(["ada"]);
    expect(withoutOwnScripts(answer.text)).not.toMatch(/<script|<img\/src/);
    const alone = await inviteByForm(world.people.admin.agent, world, line);
    expect(alone.status).toBe(422);
    expect(alone.text).toContain("Nothing was done");
    expect(await world.readInvitations()).toHaveLength(1);
  });

  it("IN10 refuses a list that is too long, empty or unreadable as a whole", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const before = await world.readEverything();
    const many = Array.from({ length: 51 }, (_, index) => `@ada-${index}`).join("\n");
    for (const list of [`${"a".repeat(10_001)}@x.example`, " \r\n \n", "", many]) {
      const answer = await inviteByForm(agent, world, list);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('aria-invalid="true"');
    }
    expect((await inviteByForm(agent, world, "ada\0@x.example")).status).toBe(400);
    const repeated = agent.post(world.list).type("form");
    const fields = "recipients=@ada&recipients=@grace&role=member&days=7";
    expect((await repeated.send(fields)).status).toBe(422);
    expect(await world.readEverything()).toEqual(before);
  });

  it("IN11 refuses more than 60 in a minute of all admins together, with Retry-After", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const names = (count: number, name: string) =>
      Array.from({ length: count }, (_, index) => `@${name}-${index}`).join("\n");
    expect((await inviteByForm(admin.agent, world, names(50, "first"))).status).toBe(200);
    const tooMany = await inviteByForm(owner.agent, world, names(50, "second"));
    expect([tooMany.status, tooMany.headers["retry-after"]]).toEqual([429, "60"]);
    expect((await inviteByForm(owner.agent, world, names(10, "third"))).status).toBe(200);
    expect((await linkByForm(owner.agent, world)).status).toBe(429);
    expect(await world.readInvitations()).toHaveLength(60);
    await application.query(
      "update invitations set created_at = created_at - interval '1 minute' where organization_id = $1",
      [world.organization.id],
    );
    expect((await linkByForm(owner.agent, world)).status).toBe(200);
  });
});

describe("an invitation that was made", () => {
  it("IN03 can be replaced after it expired, by one for another role", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const email = inventEmail();
    const first = await world.invite(email, { role: "admin" });
    await first.letPass("7 days");
    expect((await agent.get(world.list)).text).toContain("Expired");
    expect(readResults((await inviteByForm(agent, world, email)).text)).toEqual({
      [`${email} (the mail is on its way)`]: "invited",
    });
    expect(await first.readStatus()).toBe("expired");
    const ada = await arriveWith(application, { email });
    expect((await answerBy(ada, first.token)).status).toBe(410);
    const [, second] = await world.readInvitations();
    expect(second).toMatchObject({ status: "pending", role: "member" });
    // The former one cannot be sent again.
    expect((await world.press(world.people.admin, first, "resend")).status).toBe(409);
  });

  it("can be renewed after it expired, for a week; the admin who does it becomes its inviter", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const invitation = await world.invite("@renewed", { by: owner });
    await invitation.letPass("20 days");
    const answer = await world.press(admin, invitation, "resend");
    expect(answer.status).toBe(200);
    const [second = ""] = findTokens(answer.text);
    const [row] = await world.readInvitations();
    expect(row?.inviter_id).toBe(admin.person.id);
    const days = ((row?.expires_at.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
    const ada = await arriveWith(application, { handle: "renewed" });
    for (const token of [invitation.token, second]) {
      const page = await openBy(ada, token);
      expect(page.text).toContain(`${admin.person.name} invites you.`);
    }
    expect((await answerBy(ada, invitation.token)).status).toBe(303);
    const [event] = await world.readEvents("invitation.sent_again");
    expect(event).toMatchObject({ actorId: admin.person.id });
  });

  it("does not expire sooner when it is sent again", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    await inviteByForm(agent, world, "@long-lasting", { days: "30" });
    const [before] = await world.readInvitations();
    expect((await world.press(world.people.admin, { id: before?.id ?? "" }, "resend")).status).toBe(
      200,
    );
    const [after] = await world.readInvitations();
    expect(after?.expires_at).toEqual(before?.expires_at);
  });

  it("can be withdrawn once, and its link stops working", async () => {
    const { world, email, invitation, ada } = await inviteAda(application);
    const answer = await world.press(world.people.admin, invitation, "revocation");
    expect(answer.headers["location"]).toBe(world.list);
    expect((await openBy(ada, invitation.token)).status).toBe(410);
    expect((await ada.agent.get("/organizations")).text).not.toContain(world.organization.name);
    for (const act of ["revocation", "resend"] as const) {
      expect((await world.press(world.people.owner, invitation, act)).status).toBe(409);
    }
    const [event, ...others] = await world.readEvents("invitation.revoked");
    expect(event).toMatchObject({ details: { name: email } });
    expect(others).toEqual([]);
  });

  it("is listed with the others, twenty on a page, the newest first", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const names = Array.from({ length: 25 }, (_, index) => `@listed-${index + 10}`);
    await inviteByForm(agent, world, names.join("\n"));
    const listed = (html: string) =>
      [...html.matchAll(/>@(listed-\d+) at Hugging Face</g)].map(([, name]) => name);
    const first = await agent.get(world.list);
    const newestFirst = names.map((name) => name.slice(1)).toReversed();
    expect(listed(first.text)).toEqual(newestFirst.slice(0, 20));
    const next = /href="([^"]*after=[^"]*)"/.exec(first.text)?.[1] ?? "";
    expect(listed((await agent.get(next)).text)).toEqual(newestFirst.slice(20));
  });
});
