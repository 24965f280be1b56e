import { expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { assembleColleagues } from "../support/colleagues.ts";

const application = useApplication();

it("the navigation of an organization links to the sections that the member may open, and to no other", async () => {
  const { organization, people } = await assembleColleagues(application);
  const links = async ({ agent }: typeof people.owner) => {
    const { text } = await agent.get(`/o/${organization.slug}`);
    const [nav = ""] =
      /<nav[^>]*aria-label="[^"]*"[^>]*>(?:(?!<\/nav>).)*Home.*?<\/nav>/s.exec(text) ?? [];
    return [...nav.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href);
  };
  const all = await links(people.owner);
  expect(all).toContain(`/o/${organization.slug}/settings`);
  expect(all).toContain(`/o/${organization.slug}/audit-log`);
  for (const colleague of Object.values(people)) {
    const shown = new Set(await links(colleague));
    for (const href of all) {
      const { status } = await colleague.agent.get(href);
      expect(shown.has(href), href).toBe(status === 200);
    }
  }
});
