import { afterEach, describe, expect, it, vi } from "vitest";

import { createLink } from "../../src/invitations/invite.ts";
import { describeDrift } from "../../src/logto/sync/describe-drift.ts";
import { type KnownPerson, useLogto } from "../logto/logto-world.ts";
import { actorIn } from "../support/acting.ts";
import type { Agent, Organization } from "../support/application.ts";
import { findTokens, inventEmail } from "./world.ts";

const world = useLogto();
const { application } = world;
afterEach(() => {
  vi.useRealTimers();
});

async function arrive() {
  const person = await world.createPerson();
  return { person, agent: await application.signInAs(person) };
}

/** Requires that an answer is a success. */
async function request(answer: PromiseLike<{ status: number; text: string }>): Promise<string> {
  const { status, text } = await answer;
  if (status >= 400) throw new Error(`${status}: ${text.slice(0, 400)}`);
  return text;
}

async function createByForm(agent: Agent, name: string) {
  await request(agent.post("/organizations").type("form").send({ name }));
  const [row] = await application.query<{ id: string; slug: string }>(
    "select id, slug from organizations where name = $1",
    [name],
  );
  if (!row) throw new Error("it was not created");
  return { ...row, name };
}

/** Makes a link, and joins by it over HTTP. */
async function joinByLink(
  organization: Organization,
  owner: KnownPerson,
  { agent, person }: Awaited<ReturnType<typeof arrive>>,
) {
  const path = await createLink(application.database, actorIn(owner, organization), {
    role: "member",
    days: 7,
    maxUses: null,
    domains: [],
  });
  const [token = ""] = findTokens(path);
  await request(agent.post(`/invitations/${token}/acceptance?account=${person.id}`));
}

describe("during an outage of Logto", () => {
  it("FA11 people who are signed in go on working, jobs wait without failing, mail is sent, and Logto gets every change afterwards", async () => {
    const before = await world.createPair();
    const ada = await arrive();
    const [changed, removed, suspended, leaver] = [
      await arrive(),
      await arrive(),
      await arrive(),
      await arrive(),
    ];
    await world.provider.logto.webhooks.settled();
    await world.settle();
    await world.provider.stop();

    const organization = await createByForm(ada.agent, "Made in the dark");
    const home = `/o/${organization.slug}`;
    for (const newcomer of [changed, removed, suspended, leaver]) {
      await joinByLink(organization, ada.person, newcomer);
      await world.letPass();
      await world.settle();
    }
    const act = (path: string, fields: Record<string, string> = {}) =>
      request(ada.agent.post(`${home}/${path}`).type("form").send(fields));
    await act(`members/${changed.person.id}/role`, { role: "viewer" });
    await act(`members/${removed.person.id}/removal`);
    await act(`members/${suspended.person.id}/suspension`);
    await request(leaver.agent.post(`${home}/departure`));
    await act("settings", { name: "Renamed in the dark", slug: organization.slug });
    await act("invitations", { recipients: inventEmail(), role: "member", days: "7" });
    for (const page of ["", "/members", "/projects", "/audit-log", "/settings", "/invitations"]) {
      await request(ada.agent.get(`${home}${page}`));
    }
    await request(changed.agent.get("/organizations"));
    await application.addMember(before.organization, ada.person, "member");

    const began = performance.now();
    const answer = await application.visitor().get("/sign-in");
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("Sign-in is not available right now");
    expect(performance.now() - began).toBeLessThan(3_000);

    // An outage of many hours: as often as that it is tried.
    const mail = await application.deliverMail();
    expect(mail.map(({ subject }) => subject).join()).toContain("in the dark");
    for (let count = 0; count < 4; count += 1) {
      await world.letPass();
      await world.settle();
    }
    const waiting = await world.listJobs();
    expect(waiting).toHaveLength(2);
    for (const job of waiting) expect(job).toMatchObject({ attempts: 0, error: null });
    expect(await application.query("select from graphile_worker.jobs where attempts > 0")).toEqual(
      [],
    );

    await world.provider.startAgain();
    vi.setSystemTime(Date.now() + 11_000);
    await world.letPass();
    await world.settle();
    expect(await world.listJobs()).toEqual([]);
    expect(await world.countOpen()).toBe(0);
    const logtoId = await world.findLogtoId(organization);
    expect(await world.console.readName(logtoId)).toBe("Renamed in the dark");
    expect(await world.readMembersAtLogto(logtoId)).toEqual({
      [ada.person.subject]: "owner",
      [changed.person.subject]: "viewer",
    });
    expect(await world.readMembersAtLogto(before.logtoId)).toHaveProperty(ada.person.subject);
    expect(await describeDrift(world.context)).toEqual([]);
    expect((await application.visitor().get("/sign-in")).status).toBe(303);
  });
});
