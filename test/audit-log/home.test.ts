import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { createOrganizationWithoutEvents, plantEvents } from "../support/audit-world.ts";
import { countRead } from "./reading.ts";
import { assembleColleagues } from "../support/colleagues.ts";

const application = useApplication();

/** The sentences of the card. */
async function readActivity(agent: Agent, { slug }: { slug: string }): Promise<string[]> {
  const home = await agent.get(`/o/${slug}`);
  expect(home.status).toBe(200);
  const card = /<section id="activity"[\s\S]*?<\/section>/.exec(home.text)?.[0] ?? "";
  return [...card.matchAll(/<p class="break-name">(.*?)<\/p>/g)].map(([, sentence = ""]) =>
    sentence.replaceAll(/<[^>]+>/g, ""),
  );
}

describe("GET /o/:slug", () => {
  it("tells the newest events in sentences, without addresses of people's networks", async () => {
    const { organization, people } = await assembleColleagues(application);
    const { owner, member } = people;
    await plantEvents(application, organization, [
      ...Array.from({ length: 6 }, (_none, index) => ({
        actorId: owner.person.id,
        action: "member.suspended",
        target: { type: "user", id: member.person.id },
        occurredAt: `2040-01-0${index + 1}T00:00:00Z`,
        ip: "203.0.113.7",
      })),
      { action: "organization.deleted", occurredAt: "2040-02-01T00:00:00Z" },
    ]);
    const sentences = await readActivity(people.admin.agent, organization);
    expect(sentences).toHaveLength(6);
    expect(sentences[0]).toMatch(/ deleted the organization\.$/);
    expect(sentences[5]).toBe(`${owner.person.name} suspended ${member.person.name}.`);
    expect((await people.admin.agent.get(`/o/${organization.slug}`)).text).not.toContain(
      "203.0.113",
    );
  });

  it("RB18 tells members who may not read the log only of things that they may see", async () => {
    const { organization, people } = await assembleColleagues(application);
    await plantEvents(application, organization, [
      { actorId: people.owner.person.id, action: "organization.restored" },
      { action: "member.removed", target: { type: "user", id: people.member.person.id } },
      {
        action: "invitation.created",
        target: { type: "invitation", id: "1" },
        details: { name: "secret@a.example" },
      },
      {
        action: "invitation.deleted",
        target: { type: "invitation", id: "1" },
        details: { name: "secret@a.example" },
      },
    ]);
    for (const { agent } of [people.member, people.viewer]) {
      const sentences = await readActivity(agent, organization);
      expect(sentences).toContain(`${people.owner.person.name} restored the organization.`);
      expect(sentences.join()).not.toMatch(/secret|removed/);
    }
    expect((await readActivity(people.admin.agent, organization)).join()).toMatch(
      /secret.*removed|removed.*secret/,
    );
  });

  it("reads a few events of a long log, also for kinds of which there are none", async () => {
    const { organization, agent } = await createOrganizationWithoutEvents(application);
    // Then PostgreSQL expects every event to be of the kind that it looks for.
    await application.query("delete from audit_events");
    await application.query(
      `insert into audit_events (organization_id, id, occurred_at, action, target_type, target_id)
       select $1, gen_random_uuid(), now() - make_interval(secs => n), 'project.changed', 'project', 'x'
         from generate_series(1, 20000) n`,
      [organization.id],
    );
    await application.query("analyze audit_events");
    const measure = async () => {
      const before = await countRead(application);
      await agent.get(`/o/${organization.slug}`).expect(200);
      return (await countRead(application)) - before;
    };
    const cost = Math.min(await measure(), await measure());
    expect(cost).toBeGreaterThan(5);
    expect(cost).toBeLessThan(1_000);
  });
});
