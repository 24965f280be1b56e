import { deleteUserAtLogto } from "../../src/logto/sync/delete-user.ts";
import { deleteAccount } from "../../src/account/deletion.ts";
import { confirmationPhrase, type Plan, planField } from "../../src/account/schema.ts";
import type { Role } from "../../src/access/roles.ts";
import { attempt } from "../support/acting.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";
import { readEverything } from "../support/snapshot.ts";
import { readEvents } from "../support/world.ts";

/** Signs in a person who has just re-authenticated. */
const signInFreshly = (application: RunningApplication, person: Person) =>
  application.signInAs(person, { authenticationAge: 5 });

/** A person who is signed in, and has just re-authenticated. */
export async function createLeaver(application: RunningApplication, name?: string) {
  const person = await application.createPerson(name);
  return { person, agent: await signInFreshly(application, person) };
}

/** Puts a person into an organization that another person owns. */
export async function joinOther(application: RunningApplication, person: Person, role: Role) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  await application.addMember(organization, person, role);
  return { owner, organization };
}

/** Sends the form of `GET /account/deletion`. */
export const sendDeletion = (agent: Agent, person: Person, fields: Record<string, string> = {}) =>
  agent
    .post("/account/deletion")
    .query({ account: person.id })
    .type("form")
    .send({ confirmation: confirmationPhrase, ...fields });

export const plan = (organization: Pick<Organization, "id">, choice: string) => ({
  [planField(organization.id)]: choice,
});

/** Deletes an account past HTTP. @returns `done`, or the code of the error that it was refused with */
export function tryDeletion(
  application: RunningApplication,
  person: Person,
  plans: readonly (readonly [Organization, Plan])[] = [],
): Promise<string> {
  const byId = new Map(plans.map(([{ id }, chosen]) => [id, chosen]));
  return attempt(
    deleteAccount(
      application.database,
      { user: person, request: { id: "request-1", ip: "192.0.2.1", userAgent: "test" } },
      { plans: byId, deleteAtProvider: deleteUserAtLogto.enqueue },
    ),
  );
}

/** Every row of every table. Every try is counted, whether it changes anything or not. */
export const readDatabase = (application: RunningApplication) =>
  readEverything(application, { tables: ["limit_counters"], columns: ["last_seen_at"] });

/** The actions in an organization's log. */
export const readActions = async (
  application: RunningApplication,
  organization: Pick<Organization, "id">,
): Promise<string[]> => (await readEvents(application, organization)).map(({ action }) => action);

/** The members of organizations with their roles, by the ids; deleted organizations are left out. */
export async function readMembers(
  application: RunningApplication,
  organizations: readonly Pick<Organization, "id">[],
): Promise<Map<string, Record<string, string>>> {
  const rows = await application.query<{ id: string; members: Record<string, string> }>(
    `select o.id, coalesce(jsonb_object_agg(m.user_id, case when m.suspended_at is null then m.role::text
                                                            else 'suspended' end)
                             filter (where m.user_id is not null), '{}') as members
       from organizations o left join memberships m on m.organization_id = o.id
      where o.id = any($1) group by o.id`,
    [organizations.map(({ id }) => id)],
  );
  return new Map(rows.map(({ id, members }) => [id, members]));
}

/** The members of one organization; undefined if it was deleted. */
export const readMembersOf = async (
  application: RunningApplication,
  organization: Pick<Organization, "id">,
) => (await readMembers(application, [organization])).get(organization.id);
