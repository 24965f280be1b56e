import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { arrive, assemble, readEvents, readOrganization, submit } from "./world.ts";

const application = useApplication();

let count = 0;
const inventSlug = () => `address-${(count += 1)}-${Date.now().toString(36)}`;

const move = (agent: Agent, from: string, slug: string) =>
  submit(agent, `/o/${from}/settings`, { action: "/settings", slug });

/** Ages the former addresses of an organization by so many days. */
const age = (id: string, days: number) =>
  application.query(
    "update organization_slugs set retired_at = retired_at - make_interval(days => $2) where organization_id = $1",
    [id, days],
  );

/** An answer without the parts that differ each time. */
const read = ({ status, text, headers }: { status: number; text: string; headers: object }) => ({
  status,
  text: text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…"),
  location: "location" in headers ? headers.location : null,
});

describe("POST /o/:slug/settings, an address", () => {
  it("moves the organization, and records both addresses", async () => {
    const { organization, admin } = await assemble(application);
    const slug = inventSlug();
    const answer = await move(admin.agent, organization.slug, ` ${slug.toUpperCase()} `);
    expect([answer.status, answer.headers["location"]]).toEqual([303, `/o/${slug}/settings`]);
    const page = await admin.agent.get(answer.headers["location"] ?? "");
    expect(page.text).toContain("lead here for 90 days");
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "organization.address_changed",
        actorId: admin.person.id,
        details: { from: organization.slug, to: slug },
      },
    ]);
  });

  it.each([
    ["a", "Please use at least 2 characters."],
    ["a".repeat(41), "Please use at most 40 characters."],
    ["-acme", "single hyphens"],
    ["acme-", "single hyphens"],
    ["ac--me", "single hyphens"],
    ["ac me", "single hyphens"],
    ["acme/members", "single hyphens"],
    ["../acme", "single hyphens"],
    ["acmé", "single hyphens"],
    ["аcme", "single hyphens"],
    ["acme%2f", "single hyphens"],
    ["--", "single hyphens"],
    ["", "Please use at least 2 characters."],
  ])("shows the form again for %j, with the typed address", async (slug, message) => {
    const { organization, owner } = await assemble(application);
    const before = await readOrganization(application, organization);
    const answer = await move(owner.agent, organization.slug, slug);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(message);
    const forms = findForms({ html: answer.text, url: application.baseUrl });
    expect(forms.flatMap(({ fields }) => fields)).toContainEqual(["slug", slug]);
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it("says beside the field that another organization has the address", async () => {
    const { organization, owner, foreign } = await assemble(application);
    const before = await readOrganization(application, organization);
    const answer = await move(owner.agent, organization.slug, foreign.slug);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("Another organization has it, or had it in the last 90 days.");
    expect(answer.text).toContain(`value="${foreign.slug}"`);
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it("gives it to one of two organizations at once, and refuses the other", async () => {
    for (let time = 0; time < 10; time += 1) {
      const slug = inventSlug();
      const rivals = await Promise.all([assemble(application), assemble(application)]);
      const answers = await Promise.all(
        rivals.map(({ owner, organization }) => move(owner.agent, organization.slug, slug)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 422]));
    }
  });

  it("FA09 does not deadlock with a new organization that takes the same address", async () => {
    for (let time = 0; time < 15; time += 1) {
      const slug = inventSlug();
      const [{ owner, organization }, founder] = await Promise.all([
        assemble(application),
        arrive(application),
      ]);
      const creating = founder.agent
        .post("/organizations")
        .type("form")
        .send({ name: slug.replaceAll("-", " ") });
      const [moved, created] = await Promise.all([
        move(owner.agent, organization.slug, slug),
        creating,
      ]);
      expect([303, 422]).toContain(moved.status);
      expect(created.status).toBe(303);
      // The second one gets another address.
      const isMoved = moved.status === 303;
      expect(created.headers["location"] === `/o/${slug}`).toBe(!isMoved);
    }
  });

  it("leaves one present address when two admins change it at once", async () => {
    for (let time = 0; time < 10; time += 1) {
      const { organization, owner, admin } = await assemble(application);
      const wishes = [inventSlug(), inventSlug()];
      const answers = [owner, admin].map(({ agent }, index) =>
        agent
          .post(`/o/${organization.slug}/settings`)
          .type("form")
          .send({ slug: wishes[index] ?? "" }),
      );
      for (const { status } of await Promise.all(answers)) expect([303, 308]).toContain(status);
      const [row] = await application.query<{ slug: string; present: string[] }>(
        `select slug, array(select s.slug from organization_slugs s
                             where s.organization_id = o.id and s.retired_at is null) as present
           from organizations o where id = $1`,
        [organization.id],
      );
      expect(row?.present).toEqual([row?.slug]);
      expect(wishes).toContain(row?.slug);
    }
  });
});

describe("a former address", () => {
  it("TI19 redirects members with 308 to the same page and query, and is a 404 to everybody else", async () => {
    const { organization, owner, viewer, outsider } = await assemble(application);
    const slug = inventSlug();
    await move(owner.agent, organization.slug, slug);
    const path = `/o/${organization.slug}/settings?any=query`;
    const answer = await owner.agent.get(path);
    expect([answer.status, answer.headers["location"]]).toEqual([
      308,
      `/o/${slug}/settings?any=query`,
    ]);
    expect(answer.headers["cache-control"]).toContain("no-store");
    expect((await viewer.agent.get(`/o/${organization.slug}`)).headers["location"]).toBe(
      `/o/${slug}`,
    );
    const theirs = await outsider.agent.get(`/o/${organization.slug}`);
    const nobodys = await outsider.agent.get("/o/there-is-no-such-organization");
    expect(theirs.status).toBe(404);
    expect(read(theirs)).toEqual(read(nobodys));
  });

  it("redirects nowhere else by dots in the path", async () => {
    const { organization, owner } = await assemble(application);
    await move(owner.agent, organization.slug, inventSlug());
    const path = `/o/${organization.slug}/projects`;
    // Sent literally: browsers would resolve it to /o/…/deletion first.
    for (const dots of ["%2e%2e", "%2E", ".%2e"]) {
      const answer = await owner.agent.post(`${path}/${dots}/deletion`);
      expect([answer.status, answer.headers["location"]], dots).toEqual([404, undefined]);
    }
    expect((await owner.agent.post(`${path}/..a/deletion`)).status).toBe(308);
  });

  it("redirects an open form with its body", async () => {
    const { organization, owner, admin, settings } = await assemble(application);
    const slug = inventSlug();
    const page = await admin.agent.get(settings);
    const action = /action="(\/o\/[^"]+\/settings[^"]*)"/.exec(page.text)?.[1] ?? "";
    await move(owner.agent, organization.slug, slug);
    const fields = { name: "Renamed on the way" };
    const first = await admin.agent.post(action).type("form").send(fields);
    expect(first.status).toBe(308);
    const target = first.headers["location"] ?? "";
    expect(target).toBe(action.replace(organization.slug, slug));
    const second = await admin.agent.post(target).type("form").send(fields);
    expect(second.status).toBe(303);
    expect((await admin.agent.get(`/o/${slug}`)).text).toContain("Renamed on the way");
  });

  it("TI19 cannot be taken by another organization for 90 days, by a move or by a new one", async () => {
    const { organization, owner, outsider, foreign } = await assemble(application, "Well Known");
    await move(owner.agent, organization.slug, inventSlug());
    await age(organization.id, 89);
    const answer = await move(outsider.agent, foreign.slug, organization.slug);
    expect(answer.status).toBe(422);
    const another = await application.createOrganization(outsider.person, "Well Known");
    expect(another.slug).toMatch(/^well-known-[a-z0-9]{1,6}$/);
    expect((await owner.agent.get(`/o/${organization.slug}`)).status).toBe(308);
  });

  it("TI19 can be taken after 90 days, and then gives access to the new members only", async () => {
    const { organization, owner, outsider, foreign } = await assemble(application);
    const slug = inventSlug();
    await move(owner.agent, organization.slug, slug);
    await age(organization.id, 91);
    expect((await owner.agent.get(`/o/${organization.slug}`)).status).toBe(404);
    expect((await move(outsider.agent, foreign.slug, organization.slug)).status).toBe(303);
    const old = await owner.agent.get(`/o/${organization.slug}`);
    expect(old.status).toBe(404);
    expect(read(old)).toEqual(read(await owner.agent.get("/o/there-is-no-such-organization")));
    expect((await owner.agent.get(`/o/${slug}`)).status).toBe(200);
    expect((await outsider.agent.get(`/o/${organization.slug}`)).text).toContain(foreign.name);
    // The former organization cannot take it back from the new one.
    expect((await move(owner.agent, slug, organization.slug)).status).toBe(422);
  });

  it("can be taken back by its own organization, any number of times", async () => {
    const { organization, owner } = await assemble(application);
    const slug = inventSlug();
    for (let time = 0; time < 2; time += 1) {
      expect((await move(owner.agent, organization.slug, slug)).status).toBe(303);
      expect((await owner.agent.get(`/o/${organization.slug}`)).status).toBe(308);
      expect((await move(owner.agent, slug, organization.slug)).status).toBe(303);
      expect((await owner.agent.get(`/o/${slug}`)).headers["location"]).toBe(
        `/o/${organization.slug}`,
      );
      expect((await owner.agent.get(`/o/${organization.slug}`)).status).toBe(200);
    }
  });

  it("TI19 is free after a purge, and gives former members no access to the next organization", async () => {
    const { organization, owner } = await assemble(application, "Short Lived");
    await application.query("delete from organizations where id = $1", [organization.id]);
    const heir = await arrive(application);
    const next = await application.createOrganization(heir.person, "Short Lived");
    expect(next.slug).toBe(organization.slug);
    expect((await owner.agent.get(`/o/${next.slug}`)).status).toBe(404);
    expect((await heir.agent.get(`/o/${next.slug}`)).status).toBe(200);
  });
});
