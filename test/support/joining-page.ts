import { expect } from "vitest";

import type { Agent, Organization } from "./application.ts";
import { findForms } from "./page-forms.ts";

/** Opens the page of all ways to join: the text of each card by its title, and the forms that close one. */
export async function openJoiningPage(agent: Agent, { slug }: Pick<Organization, "slug">) {
  const url = `/o/${slug}/joining`;
  const { status, text: html } = await agent.get(url);
  expect(status).toBe(200);
  const cards = html.matchAll(/<section id="way-\d+".*?<h2[^>]*>([^<]*)<.*?<\/section>/gs);
  const forms = findForms({ html, url: `http://localhost${url}` }).map(({ action }) => {
    const { pathname, search } = new URL(action);
    return pathname + search;
  });
  return {
    html,
    cards: Object.fromEntries([...cards].map(([card, title = ""]) => [title, textOf(card)])),
    /** Closes the one whose form has this part in its address. @returns the text of the page to which that leads */
    async close(part: string) {
      const action = forms.find((each) => each.includes(part)) ?? "";
      const { headers } = await agent.post(action).type("form").send({}).expect(303);
      expect(headers["location"]).toBe(url);
      return textOf((await agent.get(url)).text);
    },
  };
}

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(" .", ".");
