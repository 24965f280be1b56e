import { expect, it } from "vitest";

import { writeCount } from "../../src/tenancy/people.ts";
import { useApplication } from "../support/application.ts";
import { assembleColleagues, type Colleague } from "../support/colleagues.ts";

/** Something that waits for each viewer of the organization. */
const application = useApplication({
  dependencies: {
    moreFeatures: [
      {
        people: [
          {
            label: "Guests",
            path: "/guests",
            permission: "organization:update",
            waiting: `select from memberships where organization_id = current_organization_id() and role = 'viewer'`,
          },
        ],
      },
    ],
  },
});

/** The tabs on a page, each with its count. */
async function readTabs({ agent }: Colleague, path: string, status = 200) {
  const { text } = await agent.get(path).expect(status);
  const [nav = ""] = /<nav[^>]*aria-label="People".*?<\/nav>/s.exec(text) ?? [];
  return [...nav.matchAll(/<a .*?<\/a>/gs)].map(([link]) =>
    link
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

it("the pages of the section have the tabs that the member may open, with what waits in this organization", async () => {
  const { organization, people, foreign, outsider, join } = await assembleColleagues(application);
  await join("viewer");
  await application.addMember(foreign, people.owner.person, "admin");
  const path = `/o/${organization.slug}`;
  for (const page of ["/members", "/roles", "/joining"]) {
    expect(await readTabs(people.admin, path + page), page).toContain("Guests 2 waiting");
  }
  expect(await readTabs(people.viewer, `${path}/members`)).toEqual(["Members"]);
  expect(await readTabs(people.owner, `/o/${foreign.slug}/members`)).toContain("Guests");
  expect(await readTabs(outsider, `${path}/members`, 404)).toEqual([]);
  expect(await readTabs(people.owner, `${path}/settings`)).toEqual([]);
});

it("a form that comes back keeps the counts", async () => {
  const { organization, people } = await assembleColleagues(application);
  const path = `/o/${organization.slug}/members`;
  const { text } = await people.owner.agent.post(`${path}/selection`).type("form").send({});
  expect(text).toMatch(/Guests\s*<span>1/);
});

it.each([
  [undefined, undefined],
  [0, undefined],
  [1, "1"],
  [99, "99"],
  [100, "99+"],
])("writeCount(%s) is %s", (count, text) => {
  expect(writeCount(count)).toBe(text);
});
