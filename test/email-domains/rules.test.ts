import { describe, expect, it } from "vitest";

import { rolesToGiveByRule } from "../../src/access/roles.ts";
import { submit } from "../organizations/world.ts";
import { useApplication } from "../support/application.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { readEvents, readMembers } from "../support/world.ts";
import { addDomain, assemble, giveAddress, inventDomain, joiningPath, readClaim } from "./world.ts";

const application = useApplication();

async function arrange() {
  const world = await assemble(application);
  return { ...world, domain: await addDomain(application, world.organization) };
}

describe("POST /o/:slug/email-domains/:domain/rules", () => {
  it("changes mode and role, and the event has the former ones", async () => {
    const { owner, organization, domain, path } = await arrange();
    const answer = await submit(owner.agent, path, {
      action: `/${domain}/rules`,
      mode: "automatic",
      role: "viewer",
    });
    expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
    expect(await readClaim(application, organization, domain)).toMatchObject({
      mode: "automatic",
      role: "viewer",
    });
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "email_domain.rules_changed",
        actorId: owner.person.id,
        targetId: domain,
        details: {
          name: domain,
          mode: "automatic",
          role: "viewer",
          formerMode: "offer",
          formerRole: "member",
        },
      },
    ]);
    const { text } = await owner.agent.get(path);
    expect(text).toMatch(/<option value="automatic" selected>/);
    expect(text).toMatch(/<option value="viewer" selected>/);
  });

  it("changes only that domain", async () => {
    const { owner, organization, domain, path } = await arrange();
    const other = await addDomain(application, organization);
    await submit(owner.agent, path, { action: `/${domain}/rules`, mode: "request", role: "admin" });
    expect(await readClaim(application, organization, other)).toMatchObject({
      mode: "offer",
      role: "member",
    });
  });

  it("writes nothing if nothing changes", async () => {
    const { owner, organization, domain, path } = await arrange();
    const before = await readEverythingOf(application, organization);
    const answer = await submit(owner.agent, path, { action: `/${domain}/rules`, mode: "offer" });
    expect(answer.status).toBe(303);
    expect(await readEverythingOf(application, organization)).toEqual(before);
  });

  it.each([
    ["IN08 the role of an owner", { mode: "offer", role: "owner" }, "one of the roles"],
    ["IN08 a role that nobody knows", { mode: "offer", role: "king" }, "one of the roles"],
    ["a mode that nobody knows", { mode: "open", role: "member" }, "choose how people join"],
    ["no role", { mode: "offer" }, "one of the roles"],
  ])("refuses %s, beside the field of that domain", async (_what, fields, message) => {
    const { owner, organization, domain, path } = await arrange();
    const before = await readEverythingOf(application, organization);
    const answer = await owner.agent.post(`${path}/${domain}/rules`).type("form").send(fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(message);
    expect(answer.text).toMatch(new RegExp(`id="(role|mode)-${domain}"[^>]*aria-invalid`));
    expect(await readEverythingOf(application, organization)).toEqual(before);
  });

  it("IN08 is refused by the database for the role owner", async () => {
    const { domain } = await arrange();
    await expect(
      application.query("update email_domains set role = 'owner' where domain = $1", [domain]),
    ).rejects.toThrow("email_domains_role_check");
  });
});

describe("rolesToGiveByRule()", () => {
  it.each([
    ["owner", ["admin", "member", "viewer"]],
    ["admin", ["admin", "member", "viewer"]],
    ["member", ["member", "viewer"]],
    ["viewer", ["viewer"]],
  ] as const)("IN08 gives %s no role above their own, and never owner", (role, expected) => {
    expect(rolesToGiveByRule({ role })).toEqual(expected);
  });
});

describe("POST /o/:slug/email-domains/:domain/removal", () => {
  it("removes the domain; people who joined by it stay, and nobody joins by it any more", async () => {
    const { owner, organization, domain, path, outsider, viewer } = await arrange();
    await giveAddress(application, outsider.person, `joined@${domain}`);
    await outsider.agent.post(joiningPath(organization, domain, outsider.person)).expect(303);
    const answer = await submit(owner.agent, path, { action: `/${domain}/removal` });
    expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
    expect(await readClaim(application, organization, domain)).toBeUndefined();
    const members = await readMembers(application, organization);
    expect(members.get(outsider.person.id)).toBe("member");
    expect(members.get(viewer.person.id)).toBe("viewer");
    expect((await readEvents(application, organization)).at(-1)).toEqual({
      action: "email_domain.removed",
      actorId: owner.person.id,
      targetId: domain,
      details: { name: domain },
    });

    const late = await application.createPerson();
    await giveAddress(application, late, `late@${domain}`);
    const agent = await application.signInAs(late);
    expect((await agent.post(joiningPath(organization, domain, late))).status).toBe(404);
    expect((await agent.get("/organizations")).text).not.toContain(organization.name);
  });

  it("is 404 the second time, and for an unknown domain", async () => {
    const { owner, domain, path } = await arrange();
    expect((await owner.agent.post(`${path}/${domain}/removal`)).status).toBe(303);
    expect((await owner.agent.post(`${path}/${domain}/removal`)).status).toBe(404);
    expect((await owner.agent.post(`${path}/${inventDomain()}/removal`)).status).toBe(404);
  });

  it("ends the verification, also if the domain is claimed again, and leaves that of others alone", async () => {
    const { owner, organization, domain, path } = await arrange();
    const other = await assemble(application);
    await addDomain(application, other.organization, { domain });
    await submit(owner.agent, path, { action: `/${domain}/removal` });
    expect(await readClaim(application, other.organization, domain)).toMatchObject({
      challenge: "a challenge",
      verifiedAt: expect.any(Date),
    });
    await submit(owner.agent, path, { action: "/email-domains", domain });
    expect(await readClaim(application, organization, domain)).toMatchObject({
      challenge: expect.not.stringMatching(/^a challenge$/),
      verifiedAt: null,
    });
  });
});
