import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { assemble, readEvents, readOrganization, submit } from "./world.ts";

const application = useApplication();

describe("GET /o/:slug/settings", () => {
  it("shows admins the name and the address, and owners also the transfer and the deletion", async () => {
    const { settings, owner, admin } = await assemble(application);
    const forAdmin = await admin.agent.get(settings);
    expect(forAdmin.status).toBe(200);
    expect(forAdmin.text).toContain("Change address");
    expect(forAdmin.text).not.toContain("You become an admin; only the new owner");
    expect(forAdmin.text).not.toContain("Delete this organization");
    const forOwner = await owner.agent.get(settings);
    expect(forOwner.text).toContain("You become an admin; only the new owner");
    expect(forOwner.text).toContain("Delete this organization");
  });
});

describe("POST /o/:slug/settings, a name", () => {
  it("renames, keeps the address, and records both names", async () => {
    const { settings, organization, admin } = await assemble(application, "Before");
    const answer = await submit(admin.agent, settings, { action: "/settings", name: " After " });
    expect([answer.status, answer.headers["location"]]).toEqual([303, settings]);
    const page = await admin.agent.get(settings);
    expect(page.text).toContain("Your changes were saved.");
    expect(page.text).toContain('value="After"');
    expect(page.text).toContain("After");
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "organization.renamed",
        actorId: admin.person.id,
        details: { from: "Before", to: "After" },
      },
    ]);
  });

  it("writes nothing if nothing changes", async () => {
    const { settings, organization, owner } = await assemble(application, "Same");
    const before = await readOrganization(application, organization);
    for (const fields of [
      { name: "Same" },
      { slug: organization.slug },
      { name: " Same ", slug: organization.slug.toUpperCase() },
      {},
    ]) {
      const answer = await owner.agent.post(settings).type("form").send(fields);
      expect(answer.status).toBe(303);
    }
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it.each([
    ["no name", { name: "" }, "Please enter a name."],
    ["a name that is too long", { name: "x".repeat(81) }, "Please use at most 80 characters."],
    ["AP04 an invisible character", { name: "Ac\u200bme" }, "Please use visible characters only."],
  ])("shows the form again for %s, with the typed values", async (_what, fields, message) => {
    const { settings, organization, owner } = await assemble(application);
    const answer = await submit(owner.agent, settings, { action: "/settings", ...fields });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(message);
    expect(answer.text).toContain('aria-invalid="true"');
    expect(answer.text).toContain(`value="${organization.slug}"`);
    expect(await readEvents(application, organization)).toEqual([]);
  });
});

describe("POST /o/:slug/settings, name and address at once", () => {
  it("changes both or neither, with an event for each", async () => {
    const { settings, organization, owner, foreign } = await assemble(application, "Both");
    const before = await readOrganization(application, organization);
    const taken = { name: "Other", slug: foreign.slug };
    expect((await owner.agent.post(settings).type("form").send(taken)).status).toBe(422);
    expect(await readOrganization(application, organization)).toEqual(before);

    const slug = `${organization.slug}-new`;
    const answer = await owner.agent.post(settings).type("form").send({ name: "Other", slug });
    expect(answer.headers["location"]).toBe(`/o/${slug}/settings`);
    const events = await readEvents(application, organization);
    expect(events.map(({ action, details }) => ({ action, details })).toSorted(byAction)).toEqual([
      { action: "organization.address_changed", details: { from: organization.slug, to: slug } },
      { action: "organization.renamed", details: { from: "Both", to: "Other" } },
    ]);
  });
});

const byAction = (one: { action: string }, other: { action: string }) =>
  one.action.localeCompare(other.action);
