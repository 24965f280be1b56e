import { type Database, type Queryable, sqlStateOf, toJson } from "../database.ts";
import type { Arrival } from "../pages/arrivals.ts";
import { addRolesToMember } from "../people/organization-roles.ts";
import { addMembers } from "../people/organizations.ts";
import {
  createUser,
  findUser,
  findUserByIdentifier,
  updateUser,
  type User,
  UserConflictError,
} from "../people/users.ts";
import type { SsoConnector } from "./connectors.ts";
import type { EnterpriseProfile } from "./enterprise.ts";

/**
 * The user of an enterprise's account. On first sight they are made, or are whoever has the e-mail address already,
 * unless the enterprise calls it unverified; and they join the organizations that take in the connector's people, once:
 * who was removed there does not come back by signing in again.
 */
export async function findOrCreateSsoUser(
  sql: Database,
  connector: SsoConnector,
  profile: EnterpriseProfile,
): Promise<Arrival> {
  const known = await findUserBySsoIdentity(sql, profile);
  if (known) return connector.syncProfile ? syncProfile(sql, known, profile) : { user: known };
  try {
    return await sql.begin(async (transaction) => {
      const arrival = await takeIn(transaction, profile);
      await transaction`
        insert into user_sso_identities (issuer, identity_id, user_id, sso_connector_id, detail)
        values (${profile.iss}, ${profile.sub}, ${arrival.user.id}, ${connector.id},
          ${transaction.json(toJson(profile))})`;
      const joined = await joinOrganizations(transaction, connector.id, arrival.user.id);
      return { ...arrival, joined };
    });
  } catch (error) {
    // Two first sign-ins at once: the other one was quicker.
    if (error instanceof UserConflictError || sqlStateOf(error) === "23505")
      return findOrCreateSsoUser(sql, connector, profile);
    throw error;
  }
}

async function syncProfile(
  sql: Queryable,
  user: User,
  profile: EnterpriseProfile,
): Promise<Arrival> {
  const name = text(profile["name"]) ?? user.name;
  const avatar = text(profile["picture"]) ?? user.avatar;
  if (name === user.name && avatar === user.avatar) return { user };
  return { user: (await updateUser(sql, user.id, { name, avatar })) ?? user, change: "updated" };
}

async function takeIn(sql: Queryable, profile: EnterpriseProfile): Promise<Arrival> {
  const email = profile["email_verified"] === false ? undefined : text(profile["email"]);
  const holder = email === undefined ? undefined : await findUserByIdentifier(sql, email);
  if (holder) return { user: holder, change: "updated" };
  const user = await createUser(sql, {
    primaryEmail: email,
    name: text(profile["name"]),
    avatar: text(profile["picture"]),
  });
  return { user, change: "created" };
}

async function joinOrganizations(
  sql: Queryable,
  connectorId: string,
  userId: string,
): Promise<string[]> {
  const organizations = await sql<{ id: string; roleIds: string[] }[]>`
    select organization_id as id, array(
      select role_id from organization_jit_roles as roles
      where roles.organization_id = taking.organization_id) as "roleIds"
    from organization_jit_sso_connectors as taking where sso_connector_id = ${connectorId}`;
  const joined: string[] = [];
  for (const { id, roleIds } of organizations) {
    if ((await addMembers(sql, id, [userId])).length > 0) joined.push(id);
    await addRolesToMember(sql, id, userId, roleIds);
  }
  return joined;
}

async function findUserBySsoIdentity(
  sql: Queryable,
  { iss, sub }: EnterpriseProfile,
): Promise<User | undefined> {
  const [identity] = await sql<{ userId: string }[]>`
    select user_id as "userId" from user_sso_identities where issuer = ${iss} and identity_id = ${sub}`;
  return identity && findUser(sql, identity.userId);
}

export type SsoIdentity = {
  issuer: string;
  identityId: string;
  ssoConnectorId: string;
  detail: Record<string, unknown>;
};

export async function listSsoIdentities(sql: Queryable, userId: string): Promise<SsoIdentity[]> {
  const rows = await sql<SsoIdentity[]>`
    select issuer, identity_id as "identityId", sso_connector_id as "ssoConnectorId", detail
    from user_sso_identities where user_id = ${userId} order by issuer, identity_id`;
  return [...rows];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
