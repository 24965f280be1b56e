import { changeProject } from "./change-project.ts";
import type { Actor, Scenario } from "./scenario.ts";

/** All requests that are measured, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  {
    name: "list",
    title: "list 20 members as JSON",
    status: 200,
    ask: ({ slug }) => ({ path: `/api/v1/organizations/${slug}/members` }),
    findFault({ body }, { members }) {
      const found: unknown = JSON.parse(body);
      const wanted = JSON.stringify(members);
      const listed = JSON.stringify(readMembers(found));
      return listed === wanted ? null : `the members are ${listed}, not ${wanted}`;
    },
  },
  {
    name: "session",
    title: "find the session, redirect",
    status: 303,
    ask: () => ({ path: "/" }),
    findFault: ({ location }, { slug }) =>
      location === `/o/${slug}` ? null : `it leads to ${location}, not /o/${slug}`,
  },
  changeProject,
  {
    name: "members",
    title: "members page",
    isPage: true,
    status: 200,
    ask: ({ slug }) => ({ path: `/o/${slug}/members` }),
    findFault: ({ body }, { members }) =>
      findMissing(
        body,
        members.map(({ name }) => name),
      ),
  },
  {
    name: "organization",
    title: "organization page",
    isPage: true,
    status: 200,
    ask: ({ slug }) => ({ path: `/o/${slug}` }),
    findFault: ({ body }, { organizationName }) => findMissing(body, [organizationName]),
  },
];

/** @throws {Error} when there is no such scenario */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  const names = scenarios.map((scenario) => scenario.name).join(", ");
  throw new Error(`There is no scenario ${name}. There are: ${names}.`);
}

function readMembers(answer: unknown): Actor["members"] {
  if (typeof answer !== "object" || answer === null || !("members" in answer)) return [];
  const { members } = answer;
  return Array.isArray(members)
    ? members.map(({ userId, name, role }: Actor["members"][number]) => ({ userId, name, role }))
    : [];
}

function findMissing(page: string, texts: string[]): string | null {
  const missing = texts.filter((text) => !page.includes(`${text}<`));
  return missing.length === 0 ? null : `the page lacks ${missing.join(", ")}`;
}
