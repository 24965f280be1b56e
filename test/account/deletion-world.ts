import { expect } from "vitest";

import { deleteAccount } from "../../src/account/deletion.ts";
import { confirmationPhrase, type Plan, planField } from "../../src/account/schema.ts";
import { AppError } from "../../src/http/errors.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";

/** Signs a person in who has just proved who they are. */
export const signInFreshly = (application: RunningApplication, person: Person) =>
  application.signInAs(person, { authenticationAge: 5 });

/** Sends the form of `GET /account/deletion`. */
export const sendDeletion = (agent: Agent, person: Person, fields: Record<string, string> = {}) =>
  agent
    .post("/account/deletion")
    .type("form")
    .send({ account: person.id, confirmation: confirmationPhrase, ...fields });

export const plan = (organization: Pick<Organization, "id">, choice: string) => ({
  [planField(organization.id)]: choice,
});

/** Deletes an account past HTTP. @returns `done`, or the code of the error that it was refused with */
export async function tryDeletion(
  application: RunningApplication,
  person: Person,
  plans: readonly (readonly [Organization, Plan])[] = [],
): Promise<string> {
  const user = { id: person.id, name: null, username: null, email: null, avatarUrl: null };
  const request = { id: "request-1", ip: "192.0.2.1", userAgent: "test" };
  const byId = new Map(plans.map(([{ id }, chosen]) => [id, chosen]));
  try {
    await deleteAccount(application.database, { user, request }, byId);
    return "done";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** Every row of every table. */
export async function readDatabase(
  application: RunningApplication,
): Promise<Record<string, { row: Record<string, unknown> }[]>> {
  const tables = await application.query<{ name: string }>(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  );
  const contents: Record<string, { row: Record<string, unknown> }[]> = {};
  for (const { name } of tables) {
    contents[name] = await application.query(
      `select to_jsonb(t) - 'last_seen_at' as row from "${name}" t order by 1`,
    );
  }
  return contents;
}

/** The actions in an organization's log, in the order of their time, but for its beginning. */
export async function readActions(
  application: RunningApplication,
  { id }: Pick<Organization, "id">,
): Promise<string[]> {
  const events = await application.query<{ action: string }>(
    `select action from audit_events where organization_id = $1 and action <> 'organization.created'
      order by id`,
    [id],
  );
  return events.map(({ action }) => action);
}

/** Who belongs to an organization, and how; undefined where it is gone. */
export async function readMembers(
  application: RunningApplication,
  { id }: Pick<Organization, "id">,
): Promise<Record<string, string> | undefined> {
  const organizations = await application.query("select from organizations where id = $1", [id]);
  const members = await application.query<{ user_id: string; role: string; suspended: boolean }>(
    "select user_id, role, suspended_at is not null as suspended from memberships where organization_id = $1",
    [id],
  );
  if (organizations.length === 0) {
    expect(members).toEqual([]);
    return undefined;
  }
  return Object.fromEntries(
    members.map(({ user_id: userId, role, suspended }) => [userId, suspended ? "suspended" : role]),
  );
}
