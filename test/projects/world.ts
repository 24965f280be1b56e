import { v7 as createId } from "uuid";

import type { Role } from "../../src/access/roles.ts";
import type { ProjectFields } from "../../src/projects/schema.ts";
import type { Agent, Organization, RunningApplication } from "../support/application.ts";
import { assembleColleagues } from "../support/colleagues.ts";
import { findForms } from "../support/page-forms.ts";
import { readEvents } from "../support/world.ts";

type Sample = {
  /** The value that a form sends first, and how the page shows it. */
  sent: string;
  shown: string;
  /** Another value, and what the audit log says of a change from the first one to it. */
  other: string;
  recorded: { from: unknown; to: unknown };
  /** A wrong value, and its fault. */
  wrong: string;
  fault: string;
};

/** Values of each field. A column that is not here does not compile. */
export const samples: Record<keyof ProjectFields, Sample> = {
  name: {
    sent: "Apollo",
    shown: "Apollo",
    other: "Zeus",
    recorded: { from: "Apollo", to: "Zeus" },
    wrong: " ",
    fault: "Please enter a name.",
  },
  status: {
    sent: "planned",
    shown: "Planned",
    other: "done",
    recorded: { from: "planned", to: "done" },
    wrong: "unheard-of",
    fault: "Please choose one of the statuses.",
  },
  dueDate: {
    sent: "2030-01-31",
    shown: "January 31, 2030",
    other: "",
    recorded: { from: "2030-01-31", to: null },
    wrong: "2030-02-30",
    fault: "Please enter a date, such as 2030-01-31.",
  },
};

/** The body of a form, with some fields changed. */
export function fillIn(others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const sent = Object.entries(samples).map(([name, sample]) => [name, sample.sent]);
  return { ...Object.fromEntries(sent), ...others };
}

export const pathOf = ({ slug }: Organization, rest = "") => `/o/${slug}/projects${rest}`;

export const post = (agent: Agent, path: string, fields: string | object = {}) =>
  agent.post(path).type("form").send(fields);

/** The body that the form of a page sends without a change; a checkbox that is not checked sends nothing. */
export function readForm(html: string, url: string): Record<string, string> {
  const form = findForms({ html, url }).find(({ fields }) =>
    fields.some(([name]) => name === "name"),
  );
  const unsent = Object.keys(samples).map((name) => [name, ""]);
  return Object.fromEntries([...unsent, ...(form?.fields ?? [])]);
}

/** The people and the things of a test. */
export function createWorld(application: RunningApplication) {
  return {
    /** An organization with a person of each role, and another one. */
    async assemble() {
      const { organization, people, foreign } = await assembleColleagues(application);
      const as = (role: Role) => people[role].agent;
      return { organization, elsewhere: foreign, owner: people.owner.person, as };
    },
    /** An organization of one person, who is signed in. */
    async assembleOwner() {
      const owner = await application.createPerson();
      const organization = await application.createOrganization(owner);
      return { owner, organization, agent: await application.signInAs(owner) };
    },
    /** @returns its id */
    async addProject(
      { id: organizationId }: Organization,
      fields: Partial<ProjectFields> & { isArchived?: boolean } = {},
    ): Promise<string> {
      // Not left to the database's clock: these rise even within one millisecond.
      const id = createId();
      await application.database.forOrganization(organizationId, (tx) =>
        tx.project.create({ data: { name: "Apollo", ...fields, organizationId, id } }),
      );
      return id;
    },
    readProjects: ({ id }: Organization) =>
      application.query<{ id: string; name: string; is_archived: boolean }>(
        "select * from projects where organization_id = $1 order by id",
        [id],
      ),
    readEvents: (organization: Organization) => readEvents(application, organization, "project"),
  };
}
