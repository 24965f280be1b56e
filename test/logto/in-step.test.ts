import { describe, expect, it } from "vitest";

import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application } = world;

describe("GET /o/:slug", () => {
  it("says that Logto is behind once a change has waited for ten seconds, until it has been told", async () => {
    const { organization, owner } = await world.createPair();
    const agent = await application.signInAs(owner);
    const readHome = async () => (await agent.get(`/o/${organization.slug}`)).text;
    await application.addMember(organization, await world.createPerson(), "member");
    expect(await readHome()).not.toContain("Catching up");

    await application.query(
      "update logto_memberships set changed_at = now() - interval '11 seconds' where organization_id = $1",
      [organization.id],
    );
    expect(await readHome()).toContain("Catching up");

    await world.settle();
    expect(await readHome()).not.toContain("Catching up");
  });
});
