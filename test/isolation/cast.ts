import {
  hasPermission,
  isOfDeleted,
  type Permission,
  type Role,
  roles,
} from "../../src/access/roles.ts";
import type { Agent, RunningApplication } from "../support/application.ts";
import type { DeclaredRoute, Place } from "./sample-request.ts";

/** Every kind of principal, from the weakest to the strongest. */
export const characters = [
  "anonymous",
  "outsider",
  "ex-member",
  "suspended",
  ...roles.toReversed(),
] as const;

export type Character = (typeof characters)[number];

export type Cast = Place & { agents: Record<Character, Agent> };

/** An organization, and a principal of every kind. Those who are signed in have just signed in. */
export async function assembleCast(application: RunningApplication): Promise<Cast> {
  const { organization, owner } = await makePlace(application);
  const join = async (role: Role, change?: string) => {
    const person = await application.createPerson();
    await application.addMember(organization, person, role);
    if (change) await application.query(`${change} where user_id = $1`, [person.id]);
    return application.signInAs(person);
  };
  const standApart = async () => {
    const outsider = await application.createPerson();
    await application.createOrganization(outsider);
    return application.signInAs(outsider);
  };
  const [outsider, exMember, suspended, viewer, member, admin, strongest] = await Promise.all([
    standApart(),
    join("owner", "delete from memberships"),
    join("owner", "update memberships set suspended_at = now()"),
    join("viewer"),
    join("member"),
    join("admin"),
    application.signInAs(owner),
  ]);
  const agents = {
    anonymous: application.visitor(),
    outsider,
    "ex-member": exMember,
    suspended,
    viewer,
    member,
    admin,
    owner: strongest,
  };
  await application.query(
    "update sessions set authenticated_at = now() where authenticated_at is null",
  );
  return { organization, owner, agents };
}

/** An organization with two owners, so that one may leave, and the first of them. */
export async function makePlace(application: RunningApplication): Promise<Place> {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  await application.addMember(organization, await application.createPerson(), "owner");
  return { organization, owner };
}

/** Whether an access is a permission, so that the route is of one organization. */
export const isPermission = (access: string): access is Permission =>
  hasPermission("owner", access as Permission);

/** The code with which a route's declaration refuses a principal; null: it admits them. */
export function expectRefusal({ access }: DeclaredRoute, character: Character): string | null {
  if (access === "public" || access === "visitor") return null;
  if (character === "anonymous") return "request.not_signed_in";
  if (!isPermission(access)) return null;
  if (character === "outsider" || character === "ex-member") return "request.not_found";
  if (character === "suspended") return "membership.suspended";
  return hasPermission(character, access) ? null : "request.not_permitted";
}

/** Deletes the organization for routes of deleted ones, and restores it for other routes. */
export async function prepareFor(
  application: RunningApplication,
  { access }: Pick<DeclaredRoute, "access">,
  { organization }: Place,
): Promise<void> {
  const isDeleted = isPermission(access) && isOfDeleted(access);
  await application.query(
    "update organizations set deleted_at = case when $1 then now() end where id = $2 and (deleted_at is not null) <> $1",
    [isDeleted, organization.id],
  );
}
