import { describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { giveAddress } from "../support/addresses.ts";
import { useApplication } from "../support/application.ts";
import type { CaughtMail } from "../support/post-office.ts";
import {
  describeOpened,
  answerBy,
  arriveWith,
  assemble,
  findTokens,
  inventEmail,
  inviteByForm,
  type World,
} from "./world.ts";

const application = useApplication();

const newest = async (world: World) =>
  describeOpened(application, (await world.readInvitations()).at(-1)?.id ?? "");

const tokenIn = (mail: CaughtMail | undefined) => findTokens(mail?.text ?? "")[0] ?? "";

/** Seconds until the jobs that wait are due, by the database's clock. */
async function readWaits(): Promise<number[]> {
  const rows = await application.query<{ wait: string }>(
    `select extract(epoch from run_at - now()) as wait
       from graphile_worker.jobs where task_identifier = 'invitation.mail' order by 1`,
  );
  return rows.map(({ wait }) => Math.round(Number(wait)));
}

/** Makes every waiting job due. */
const letComeDue = () =>
  application.query("update graphile_worker._private_jobs set run_at = now()");

describe("the mail of an invitation", () => {
  it("goes only to its address, names the inviter and the organization, and links to the invitation", async () => {
    const world = await assemble(application);
    await application.query("update organizations set name = $1 where id = $2", [
      "Böse\r\nBcc: eve@x.example <b>",
      world.organization.id,
    ]);
    const email = inventEmail("o'brien+tag");
    const inviter = world.people.admin.person;
    const proven = await giveAddress(application, inviter);
    const answer = await inviteByForm(world.people.admin.agent, world, email);
    const [shown = ""] = findTokens(answer.text);
    const [mail, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    expect(mail?.envelope.to).toEqual([email]);
    expect(mail?.headers.some((header) => /^bcc/i.test(header))).toBe(false);
    const organization = "Böse Bcc: eve x example <b>";
    expect(mail?.subject).toBe(`${inviter.name} invites you to ${organization}`);
    expect(mail?.html).not.toContain("<b>");
    expect(mail?.text).toContain(
      `${inviter.name} (${proven}) invites you to join ${organization} as a member.`,
    );
    expect(mail?.html).not.toContain(`href="mailto:`);
    expect(mail?.text).toContain(`${application.baseUrl}/invitations/`);
    // The mail has another link than the page.
    expect(tokenIn(mail)).not.toBe(shown);
    const ada = await arriveWith(application, { email });
    expect((await answerBy(ada, tokenIn(mail))).status).toBe(303);
    // The inviter is told.
    await application.deliverMail();
  });

  it("IN11 is sent once in ten minutes, also if an admin sends it again", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    await inviteByForm(world.people.admin.agent, world, email);
    const [first] = await application.deliverMail();
    const invitation = await newest(world);
    for (let time = 0; time < 3; time += 1) {
      const refused = await world.press(world.people.admin, invitation, "resend");
      expect(refused.status).toBe(429);
      const wait = Number(refused.headers["retry-after"]);
      expect(wait).toBeGreaterThan(500);
      expect(wait).toBeLessThanOrEqual(600);
    }
    expect(await application.deliverMail()).toEqual([]);
    await invitation.letPass("10 minutes");
    const answer = await world.press(world.people.admin, invitation, "resend");
    expect(answer.headers["location"]).toBe(world.list);
    const [second, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    expect(second?.envelope.to).toEqual([email]);
    // Both lead to it.
    const ada = await arriveWith(application, { email });
    for (const mail of [first, second]) {
      expect((await ada.agent.get(`/invitations/${tokenIn(mail)}`)).status).toBe(200);
    }
  });

  it("IN11 is sent once in ten minutes, also if the person is invited again", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const email = inventEmail();
    await inviteByForm(agent, world, email);
    expect(await application.deliverMail()).toHaveLength(1);
    for (let time = 0; time < 4; time += 1) {
      await world.press(world.people.admin, await newest(world), "revocation");
      expect((await inviteByForm(agent, world, email.toUpperCase())).status).toBe(200);
    }
    expect(await application.deliverMail()).toEqual([]);
    expect((await agent.get(world.list)).text).toContain("Email waiting to be sent");
    // Those that were withdrawn before their time do not make the last one wait any longer.
    const waits = await readWaits();
    expect(waits).toHaveLength(4);
    for (const wait of waits) expect(wait).toBeGreaterThan(500);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(600);
    await letComeDue();
    const [mail, ...others] = await application.deliverMail();
    expect(others).toEqual([]);
    const ada = await arriveWith(application, { email });
    expect((await answerBy(ada, tokenIn(mail))).status).toBe(303);
  });

  it("is not sent if the invitation was withdrawn, has expired, or its inviter is gone", async () => {
    const world = await assemble(application);
    const { admin } = world.people;
    const emails = [inventEmail(), inventEmail(), inventEmail()];
    await inviteByForm(admin.agent, world, emails.join("\n"));
    const [withdrawn, expired] = await world.readInvitations();
    await world.press(world.people.admin, withdrawn ?? { id: "" }, "revocation");
    await describeOpened(application, expired?.id ?? "").letPass("8 days");
    await application.query("delete from memberships where user_id = $1", [admin.person.id]);
    expect(await application.deliverMail()).toEqual([]);
    expect(await readWaits()).toEqual([]);
  });

  it("IN15 is not sent, and leaves no row, if the invitation was not committed", async () => {
    const world = await assemble(application);
    await application.query(`revoke insert on audit_events from ${applicationRole}`);
    try {
      const answer = await inviteByForm(world.people.admin.agent, world, inventEmail());
      expect(answer.status).toBe(500);
    } finally {
      await application.query(`grant insert on audit_events to ${applicationRole}`);
    }
    expect(await world.readInvitations()).toEqual([]);
    expect(await readWaits()).toEqual([]);
  });

  it("IN15 is not needed to accept; neither is the identity provider, which is away here", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    const answer = await inviteByForm(world.people.admin.agent, world, email);
    const [token = ""] = findTokens(answer.text);
    expect((await application.visitor().get("/sign-in")).status).toBe(503);
    const signIn = application.visitor().post(`/invitations/${token}/sign-in`).type("form");
    const away = await signIn.send({ way: "register" });
    expect(away.status).toBe(503);
    // It leads back to the invitation.
    expect(away.text).toContain(encodeURIComponent(`/invitations/${token}`));
    const ada = await arriveWith(application, { email });
    expect((await answerBy(ada, token)).status).toBe(303);
    // An accepted invitation is not mailed.
    expect(await application.deliverMail()).toEqual([]);
  });
});
