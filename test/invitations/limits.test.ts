import { describe, expect, it } from "vitest";

import { createLink, resendInvitation } from "../../src/invitations/invite.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { findMailFaults, linkingName } from "../support/mail-links.ts";
import { assemble, findTokens, inventEmail, inviteByForm, type World } from "./world.ts";

const application = useApplication();

/** Makes all invitations older than a minute. */
const letMinutePass = () =>
  application.query("update invitations set created_at = created_at - interval '2 minutes'");

const letAccountAge = ({ people }: World) =>
  application.query("update users set created_at = now() - interval '2 days' where id = $1", [
    people.owner.person.id,
  ]);

const listOf = (count: number, write: () => string) =>
  Array.from({ length: count }, write).join("\n");

describe("invitations of one person", () => {
  it("IN11 are limited to sixty on the first day of the account, in all organizations together", async () => {
    const world = await assemble(application);
    const { owner } = world.people;
    const other = await application.createOrganization(owner.person);
    const elsewhere = { ...world, organization: other, list: `/o/${other.slug}/invitations` };
    const first = await inviteByForm(owner.agent, world, listOf(50, inventEmail));
    expect(first.status).toBe(200);
    const strangers = listOf(11, inventEmail);
    const refused = await inviteByForm(owner.agent, elsewhere, strangers);
    expect(refused.status).toBe(429);
    expect(refused.headers["ratelimit-policy"]).toBe('"invitations-of-new-account";q=60;w=86400');
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(86_000);
    // Nothing was done, and what was typed is there to be sent tomorrow.
    for (const line of strangers.split("\n")) expect(refused.text).toContain(line);
    const made = "select from invitations where organization_id = $1";
    expect(await application.query(made, [other.id])).toEqual([]);
    expect((await inviteByForm(owner.agent, elsewhere, listOf(10, inventEmail))).status).toBe(200);
    expect((await inviteByForm(owner.agent, elsewhere, inventEmail())).status).toBe(429);
    expect(await application.deliverMail()).toHaveLength(60);
  });

  it("IN11 are limited to 200 a day after that", async () => {
    const world = await assemble(application);
    await letAccountAge(world);
    const { agent } = world.people.owner;
    const statuses: number[] = [];
    for (let time = 0; time < 5; time += 1) {
      const names = listOf(50, () => `@${inventEmail().split("@")[0]}`);
      const answer = await inviteByForm(agent, world, names);
      statuses.push(answer.status);
      await letMinutePass();
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });
});

describe("one address", () => {
  it("IN11 counts as one mailbox in all spellings", async () => {
    const world = await assemble(application);
    await application.deliverMail();
    const { agent } = world.people.owner;
    const [local, domain] = inventEmail("mailbox").split("@");
    const spellings = Array.from({ length: 5 }, (_, index) => `${local}+${index}@${domain}`);
    await inviteByForm(agent, world, spellings.join("\n"));
    const sixth = await inviteByForm(agent, world, `${local?.[0]}.${local?.slice(1)}@${domain}`);
    expect(sixth.text).toContain("Send the link yourself");
    expect(await application.deliverMail()).toHaveLength(5);
  });

  it("IN11 gets five invitations a day from all organizations together; then the inviter sees the link, and that it is not mailed", async () => {
    const email = inventEmail("stranger");
    const answers: string[] = [];
    for (let time = 0; time < 7; time += 1) {
      const world = await assemble(application);
      const answer = await inviteByForm(world.people.owner.agent, world, email);
      expect(answer.status).toBe(200);
      expect(findTokens(answer.text)).toHaveLength(1);
      answers.push(answer.text);
      if (time < 5) continue;
      const list = await world.people.owner.agent.get(world.list);
      expect(list.text).toContain("Not emailed");
      const [invitation] = await world.readInvitations();
      const resend = await world.people.owner.agent.post(
        `${world.list}/${invitation?.id ?? ""}/resend`,
      );
      expect(resend.status).toBe(429);
      expect(resend.headers["ratelimit-policy"]).toBe('"invitation-mails";q=5;w=86400');
    }
    expect(answers.map((text) => text.includes("We are emailing this invitation"))).toEqual([
      ...Array.from({ length: 5 }, () => true),
      false,
      false,
    ]);
    expect(answers.at(-1)).toContain("Send the link yourself");
    const mails = await application.deliverMail();
    expect(mails.filter(({ to }) => to === email)).toHaveLength(5);
  });

  it("CS13 gets no link but ours, also if the names of the inviter and the organization contain one", async () => {
    const world = await assemble(application);
    const { owner } = world.people;
    await application.query("update users set name = $2 where id = $1", [
      owner.person.id,
      linkingName,
    ]);
    await application.query("update organizations set name = $2 where id = $1", [
      world.organization.id,
      linkingName,
    ]);
    await inviteByForm(owner.agent, world, "guest@x.example");
    expect(findMailFaults(await application.deliverMail(), application)).toEqual([]);
  });
});

describe("one invitation", () => {
  it("AP18 can be sent again ten times a day, and has twenty links at most", async () => {
    const world = await assemble(application);
    await letAccountAge(world);
    const { id } = await world.invite("@ada");
    const actor = actorIn(world.people.owner.person, world.organization);
    const resend = () =>
      attempt(
        resendInvitation(application.database, actor, { id }, { requireProof: () => undefined }),
      );
    const countTokens = async () =>
      (await application.query("select from invitation_tokens where invitation_id = $1", [id]))
        .length;
    const outcomes: string[] = [];
    for (let time = 0; time < 11; time += 1) outcomes.push(await resend());
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(10);
    expect(outcomes.at(-1)).toBe("request.too_many");
    await application.query("update limit_counters set resets_at = now() - interval '1 second'");
    for (let time = 0; time < 10; time += 1) outcomes.push(await resend());
    expect(outcomes.at(-1)).toBe("invitation.too_many_links");
    expect(await countTokens()).toBe(20);
  });
});

describe("links by which everybody can join", () => {
  it("AP18 are limited to twenty a day for each person", async () => {
    const world = await assemble(application);
    for (let time = 0; time < 20; time += 1) await world.link();
    const actor = actorIn(world.people.owner.person, world.organization);
    const link = { role: "member" as const, days: 7, maxUses: null, domains: [] };
    expect(await attempt(createLink(application.database, actor, link))).toBe("request.too_many");
  });
});

describe("the form of an invitation", () => {
  const limited = useApplication({
    dependencies: { writeLimit: { attempts: 3, seconds: 60 } },
  });

  it("AP18 counts for the network of a visitor", async () => {
    const visitor = limited.visitor();
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      const answer = await visitor.post("/invitations/x/sign-in").type("form").send({ way: "x" });
      statuses.push(answer.status);
    }
    expect(statuses.slice(0, 3)).not.toContain(429);
    expect(statuses.at(-1)).toBe(429);
  });
});
