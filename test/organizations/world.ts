import type { Agent, Organization, RunningApplication } from "../support/application.ts";
import { arrive as arriveWith, assembleColleagues } from "../support/colleagues.ts";
import { findForms } from "../support/page-forms.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { readEvents as readAll } from "../support/world.ts";

const proof = { authenticationAge: 60 };

/** A new person who signed in a minute ago. */
export const arrive = (application: RunningApplication) => arriveWith(application, proof);

/** An organization with a person of each role, and an outsider who has another organization. */
export async function assemble(application: RunningApplication, name?: string) {
  const { people, ...colleagues } = await assembleColleagues(application, { name, proof });
  return { ...colleagues, ...people, settings: `/o/${colleagues.organization.slug}/settings` };
}

/** Sends a form of a page as a browser does, to the address in the page. */
export async function submit(
  agent: Agent,
  pagePath: string,
  { action, ...fields }: { action: string } & Record<string, string>,
) {
  const page = await agent.get(pagePath);
  const forms = findForms({ html: page.text, url: "http://localhost" });
  const form = forms.find(
    (each) =>
      new URL(each.action).pathname.endsWith(action) &&
      Object.keys(fields).every((name) => each.fields.some(([known]) => known === name)),
  );
  if (!form) throw new Error(`no form for ${action} on ${pagePath} (${page.status})`);
  const { pathname, search } = new URL(form.action);
  return agent
    .post(pathname + search)
    .type("form")
    .send({ ...Object.fromEntries(form.fields), ...fields });
}

/** The audit log of an organization, without the targets of its events. */
export async function readEvents(application: RunningApplication, organization: Organization) {
  const events = await readAll(application, organization);
  return events.map(({ action, actorId, details }) => ({ action, actorId, details }));
}

/** Everything that an organization has, to check that nothing was written. */
export async function readOrganization(
  application: RunningApplication,
  organization: Organization,
) {
  const { audit_events: _log, ...rows } = await readEverythingOf(application, organization);
  return { rows, events: await readEvents(application, organization) };
}
