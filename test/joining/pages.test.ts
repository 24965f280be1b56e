import { describe, expect, it } from "vitest";

import type { WayToJoin } from "../../src/tenancy/way-to-join.ts";
import { useApplication } from "../support/application.ts";
import { assembleColleagues } from "../support/colleagues.ts";
import { openJoiningPage } from "../support/joining-page.ts";

/** Lets each member's friends in. */
const friends: WayToJoin<{ member: string }> = {
  title: "Friends",
  text: "Friends of members can join.",
  permission: "organization:update",
  page: { path: "/members", label: "See the members" },
  open: `
    select m.user_id::text as id, m.user_id as opener_id, timestamptz '2026-01-02' as opened_at,
           case when m.role = 'owner' then timestamptz '2026-03-04' end as last_used_at,
           jsonb_build_object('member', u.name) as facts
      from memberships m join users u on u.id = m.user_id
     where m.organization_id = current_organization_id() order by m.created_at desc`,
  describe: ({ member }) =>
    member === "Nobody’s Friend"
      ? null
      : {
          title: `The friend of ${member}`,
          roles: ["viewer"],
          text: "They know each other.",
          closing: { path: "members/1", label: "End it", text: "They are strangers then." },
        },
};

const application = useApplication({
  dependencies: {
    moreFeatures: [
      {
        build: () => ({
          waysToJoin: [
            friends,
            { ...friends, title: "For owners", permission: "organization:delete" },
            { title: "Elsewhere", text: "Not known here.", permission: "organization:read" },
          ],
        }),
      },
    ],
  },
});

describe("GET /o/:slug/joining", () => {
  it("shows each open way with its roles, the person who opened it and its last use, and the form that closes it", async () => {
    const { organization, people, outsider } = await assembleColleagues(application);
    const { html, cards } = await openJoiningPage(people.admin.agent, organization);
    const { name } = people.owner.person;
    expect(cards["Friends"]).toContain(
      `The friend of ${name} Viewer They know each other. Opened by ${name} on January 2, 2026 · last used on March 4, 2026 End it… The friend of ${name} They are strangers then.`,
    );
    expect(cards["Friends"]).toContain("January 2, 2026 · no use recorded");
    expect(cards["Friends"]).not.toContain(outsider.person.name);
    expect(html).toContain(`href="/o/${organization.slug}/members">See the members<`);
    expect(html).toContain("Not known here.");
  });

  it("RB17 shows a way to join only to those who may close it, and only those of the organization", async () => {
    const { organization, people, outsider } = await assembleColleagues(application);
    const forAdmin = await openJoiningPage(people.admin.agent, organization);
    expect(forAdmin.cards["For owners"]).toBeUndefined();
    const forOwner = await openJoiningPage(people.owner.agent, organization);
    expect(forOwner.cards["For owners"]).toContain("The friend of");
    expect(forOwner.html).not.toContain(outsider.person.name);
  });

  it("leaves out one that lets nobody in, and the name of a person who deleted their account", async () => {
    const owner = await application.createPerson("Nobody’s Friend");
    const organization = await application.createOrganization(owner);
    const agent = await application.signInAs(owner);
    expect((await openJoiningPage(agent, organization)).cards["Friends"]).toContain(
      "Nobody can join this way now.",
    );
    const gone = await application.createPerson("Gone");
    await application.addMember(organization, gone, "member");
    await application.query("update users set deleted_at = now() where id = $1", [gone.id]);
    const { cards } = await openJoiningPage(agent, organization);
    expect(cards["Friends"]).toContain("Opened on January 2, 2026");
  });

  it("shows twenty, and says where the others are", async () => {
    const { organization, people, join } = await assembleColleagues(application);
    for (let count = 0; count < 17; count += 1) await join("viewer");
    const { cards } = await openJoiningPage(people.admin.agent, organization);
    expect(cards["Friends"]?.match(/They know each other/g)).toHaveLength(20);
    expect(cards["Friends"]).toContain("Show all");
  });
});
