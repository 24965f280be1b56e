import { afterEach, describe, expect, it, vi } from "vitest";

import { describeDrift } from "../../src/logto/describe-drift.ts";
import { reconcileEverything } from "../../src/logto/reconcile.ts";
import { createLink } from "../../src/invitations/invite.ts";
import { findTokens, inventEmail } from "../invitations/world.ts";
import { actorIn } from "../support/acting.ts";
import type { Agent, Organization } from "../support/application.ts";
import { type KnownPerson, useLogto } from "./logto-world.ts";

const world = useLogto();
const { application } = world;
afterEach(() => {
  vi.useRealTimers();
});

async function arrive() {
  const person = await world.createPerson();
  return { person, agent: await application.signInAs(person) };
}

/** What somebody who works all day does; every answer is a success, or it is thrown. */
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

/** Whoever comes by a link joins over HTTP. */
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

describe("with Logto away for the whole time", () => {
  it("FA11 everybody who is signed in works on, jobs wait without failing, mail goes out, and Logto is told all of it in the end", async () => {
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
    const logtoId = await world.findTwin(organization);
    expect(await world.console.readName(logtoId)).toBe("Renamed in the dark");
    expect(await world.readTwinMembers(logtoId)).toEqual({
      [ada.person.subject]: "owner",
      [changed.person.subject]: "viewer",
    });
    expect(await world.readTwinMembers(before.logtoId)).toHaveProperty(ada.person.subject);
    expect(await describeDrift(world.context)).toEqual([]);
    expect((await application.visitor().get("/sign-in")).status).toBe(303);
  });

  it("FA18 is told nothing twice: what was done before the answer was lost is found done", async () => {
    const member = await world.createPerson();
    const owner = await world.createPerson();
    const before = await world.console.countOrganizations();
    const { faults } = world.provider.logto;
    faults.set({ kind: "down", when: "after", methods: ["POST", "PUT", "PATCH"], times: 6 });
    const organization = await application.createOrganization(owner, "Answers that are lost");
    await application.addMember(organization, member, "admin");
    for (let count = 0; count < 10; count += 1) {
      vi.setSystemTime(Date.now() + 11_000);
      await world.letPass();
      await world.settle();
    }
    // The token is one of them.
    expect(faults.struck).toHaveLength(6);
    faults.clear();
    expect(await world.listJobs()).toEqual([]);
    expect(await world.console.countOrganizations()).toBe(before + 1);
    expect(await world.readTwinMembers(await world.findTwin(organization))).toEqual({
      [owner.subject]: "owner",
      [member.subject]: "admin",
    });
  });
});

describe("with every webhook lost", () => {
  it("WH14 the dry run names each change in a sentence, one comparison makes both sides equal, and then it lists nothing", async () => {
    const { console: logtoConsole, provider } = world;
    provider.logto.webhooks.lose();
    const [member, gone] = [await world.createPerson(), await world.createPerson()];
    const { organization, logtoId } = await world.createPair({ member, viewer: gone });
    const renamed = await world.createPair();
    const deleted = await world.createPair();
    const [newcomer, founder] = [await world.createAccount(), await world.createAccount()];

    await logtoConsole.setRole(logtoId, member, "admin");
    await logtoConsole.removeMember(logtoId, gone);
    await logtoConsole.addMember(logtoId, newcomer, "member");
    await logtoConsole.rename(renamed.logtoId, "Another name");
    await logtoConsole.deleteOrganization(deleted.logtoId);
    const { id: foundedId } = (await provider.manage("POST", "/organizations", {
      name: "Founded there",
    })) as { id: string };
    const { id: emptyId } = (await provider.manage("POST", "/organizations", {
      name: "Empty",
    })) as { id: string };
    await logtoConsole.addMember(foundedId, founder, "owner");
    await provider.manage("PATCH", `/users/${member.subject}`, { name: "Somebody Else" });
    await application.createOrganization(await world.createPerson(), "Not told yet");

    const foreign = `Empty (${emptyId} at Logto) is left alone: it has no owner`;
    expect((await describeDrift(world.context)).toSorted()).toEqual(
      [
        `${organization.name}: ${member.subject} will be admin here`,
        `${organization.name}: ${gone.subject} will be no member any more here`,
        `${organization.name}: ${newcomer.subject} will be let in here`,
        `${renamed.organization.name} will be called Another name here`,
        `${deleted.organization.name} was deleted at Logto: its twin will be made anew`,
        `Founded there (${foundedId} at Logto) will be taken in`,
        foreign,
        `${member.subject} has changed at Logto: so will they here`,
        "Not told yet has no twin: one will be made",
      ].toSorted(),
    );

    await reconcileEverything(world.context);
    await world.settle();
    // Somebody else's: there is nothing to be done about it.
    expect(await describeDrift(world.context)).toEqual([foreign]);
    await provider.manage("DELETE", `/organizations/${emptyId}`);
    expect(await describeDrift(world.context)).toEqual([]);
    expect(await world.readMembers(organization)).toMatchObject({
      [member.subject]: "admin",
      [newcomer.subject]: "member",
    });
  });
});
