import { describe, expect, it } from "vitest";

import { type Agent, type Organization, useApplication } from "../support/application.ts";

async function assemble(application: ReturnType<typeof useApplication>) {
  const make = async () => {
    const owner = await application.createPerson();
    const organization = await application.createOrganization(owner);
    return { organization, owner: await application.signInAs(owner) };
  };
  return { busy: await make(), calm: await make() };
}

const open = (agent: Agent, { slug }: Organization) => agent.get(`/o/${slug}`);

describe("an organization over its quota", () => {
  const application = useApplication({ environment: { ORGANIZATION_REQUESTS_PER_MINUTE: "10" } });

  it("TI21 is refused at twenty times its quota, while the other one works on", async () => {
    const { busy, calm } = await assemble(application);
    const storm = Array.from({ length: 200 }, () => open(busy.owner, busy.organization));
    const meanwhile = Array.from({ length: 5 }, () => open(calm.owner, calm.organization));
    const [busyAnswers, calmAnswers] = await Promise.all([
      Promise.all(storm),
      Promise.all(meanwhile),
    ]);
    const refused = busyAnswers.filter(({ status }) => status === 429);
    expect(busyAnswers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(refused).toHaveLength(195);
    for (const { headers } of refused) {
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(Number(headers["retry-after"])).toBeLessThanOrEqual(60);
    }
    expect(calmAnswers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 200));
  });

  it("TI21 has one quota for all its members, whose other pages still work", async () => {
    const { busy, calm } = await assemble(application);
    const both = await application.createPerson();
    await application.addMember(busy.organization, both, "viewer");
    await application.addMember(calm.organization, both, "viewer");
    const agent = await application.signInAs(both);
    const other = await application.createPerson();
    await application.addMember(busy.organization, other, "viewer");
    const hammering = await application.signInAs(other);
    // One member uses up half of it at most.
    for (let turn = 0; turn < 20; turn += 1) await open(hammering, busy.organization);
    expect((await open(hammering, busy.organization)).headers["ratelimit-policy"]).toBe(
      '"member-requests";q=5;w=60',
    );
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await open(busy.owner, busy.organization)).status).toBe(200);
    }
    const last = await open(agent, busy.organization);
    expect(last.status).toBe(429);
    expect(last.headers["ratelimit-policy"]).toBe('"organization-requests";q=10;w=60');
    expect((await open(agent, calm.organization)).status).toBe(200);
    expect((await agent.get("/organizations")).status).toBe(200);
  });

  it("TI21 does not count requests of people who may not open it", async () => {
    const { busy, calm } = await assemble(application);
    const suspended = await application.createPerson();
    await application.addMember(busy.organization, suspended, "admin");
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      suspended.id,
    ]);
    const shutOut = await application.signInAs(suspended);
    for (let turn = 0; turn < 12; turn += 1) {
      expect((await open(calm.owner, busy.organization)).status).toBe(404);
      expect((await open(shutOut, busy.organization)).status).toBe(403);
      expect((await open(application.visitor(), busy.organization)).status).toBe(303);
    }
    expect((await open(busy.owner, busy.organization)).status).toBe(200);
  });
});

describe("without a quota", () => {
  const application = useApplication({ environment: { ORGANIZATION_REQUESTS_PER_MINUTE: "0" } });

  it("TI21 no request is refused", async () => {
    const { busy } = await assemble(application);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => open(busy.owner, busy.organization)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
