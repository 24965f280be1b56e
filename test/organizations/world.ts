import type { Role } from "../../src/memberships/roles.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";

type Colleague = { person: Person; agent: Agent };

/** An organization with somebody of each role in it, and an outsider who has one of their own. */
export async function assemble(application: RunningApplication, name?: string) {
  const owner = await arrive(application);
  const organization = await application.createOrganization(owner.person, name);
  const join = async (role: Role): Promise<Colleague> => {
    const colleague = await arrive(application);
    await application.addMember(organization, colleague.person, role);
    return colleague;
  };
  const outsider = await arrive(application);
  const foreign = await application.createOrganization(outsider.person);
  return {
    organization,
    owner,
    admin: await join("admin"),
    member: await join("member"),
    viewer: await join("viewer"),
    outsider,
    foreign,
    settings: `/o/${organization.slug}/settings`,
  };
}

/** Somebody new, signed in, who proved a minute ago who they are. */
export async function arrive(
  application: RunningApplication,
  proof: { authenticationAge: number | null } = { authenticationAge: 60 },
): Promise<Colleague> {
  const person = await application.createPerson();
  return { person, agent: await application.signInAs(person, proof) };
}

/** Sends a form of a page as a browser does: with the address that the page itself names. */
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

/** What the audit log has of an organization, in order, without what differs each time. */
export async function readEvents(application: RunningApplication, { id }: Organization) {
  const events = await application.query<{ action: string; actorId: string; details: object }>(
    `select action, actor_id as "actorId", details from audit_events
      where organization_id = $1 and action <> 'organization.created' order by id`,
    [id],
  );
  return events;
}

/** Everything an organization has, for "nothing was written". */
export async function readOrganization(application: RunningApplication, { id }: Organization) {
  return {
    organization: await application.query("select * from organizations where id = $1", [id]),
    slugs: await application.query(
      "select * from organization_slugs where organization_id = $1 order by slug",
      [id],
    ),
    memberships: await application.query(
      "select * from memberships where organization_id = $1 order by user_id",
      [id],
    ),
    events: await readEvents(application, { id, slug: "", name: "" }),
  };
}
