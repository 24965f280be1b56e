import { describe, expect, it } from "vitest";

import { assemble } from "../organizations/world.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();

describe("the page of an error", () => {
  it("SE29 keeps the header, the switcher and the account menu of its reader, and leads back", async () => {
    const { organization, viewer, outsider } = await assemble(application);
    const own = await viewer.agent.get(`/o/${organization.slug}/nothing`).accept("html");
    expect(own.status).toBe(404);
    expect(own.text).toContain(`Account menu of ${viewer.person.name}`);
    expect(own.text).toContain(`Go to ${organization.name}`);
    const foreign = await outsider.agent.get(`/o/${organization.slug}`).accept("html");
    expect(foreign.status).toBe(404);
    expect(foreign.text).toContain(`Account menu of ${outsider.person.name}`);
    expect(foreign.text).not.toContain(organization.name);
    const refused = await viewer.agent.post(`/o/${organization.slug}/settings`).accept("html");
    expect(refused.status).toBe(403);
    expect(refused.text).toMatch(/Go back/);
  });

  it("shows no menu to a visitor", async () => {
    const page = await application.visitor().get("/nothing").accept("html");
    expect(page.text).not.toContain("Account menu");
  });

  it("SE29 offers to restore a deleted organization to its owner, and to nobody else", async () => {
    const { organization, owner, admin, outsider } = await assemble(application);
    await application.query("update organizations set deleted_at = now() where id = $1", [
      organization.id,
    ]);
    const path = `/o/${organization.slug}`;
    const offered = await owner.agent.get(path).accept("html");
    expect(offered.status).toBe(404);
    expect(offered.text).toContain("This organization is deleted");
    expect(offered.text).toMatch(/href="\/organizations"[^>]*>Restore it/);
    for (const { agent } of [admin, outsider]) {
      const page = await agent.get(path).accept("html");
      expect(page.status).toBe(404);
      expect(page.text).toContain("There is nothing here");
      expect(page.text).not.toContain("Restore it");
    }
  });
});
