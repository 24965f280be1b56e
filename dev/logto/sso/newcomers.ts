import { type Database, type Queryable, sqlStateOf, toJson } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import { joinJustInTime } from "../people/just-in-time.ts";
import {
  type Arrival,
  createUser,
  findUser,
  findUserByIdentifier,
  type User,
  UserConflictError,
} from "../people/users.ts";
import type { SsoConnector } from "./connectors.ts";
import type { EnterpriseProfile } from "./enterprise.ts";

/**
 * Finds the user of an enterprise's account. At the first sign-in that is the user with the same email address, unless
 * the enterprise calls it unverified, or else a new user; and the user joins the organizations that take in the
 * connector's people. A later sign-in does not readmit a member who was removed.
 */
export async function findOrCreateSsoUser(
  sql: Database,
  connector: SsoConnector,
  profile: EnterpriseProfile,
): Promise<Arrival> {
  const known = await findUserBySsoIdentity(sql, profile);
  if (known) return renew(sql, known, profile);
  try {
    return await sql.begin(async (transaction) => {
      const arrival = await takeIn(transaction, profile);
      await transaction`
        insert into user_sso_identities (id, issuer, identity_id, user_id, sso_connector_id, detail)
        values (${createId(21)}, ${profile.issuer}, ${profile.id}, ${arrival.user.id}, ${connector.id},
          ${transaction.json(toJson(profile.detail))})`;
      const joined = await joinOrganizations(transaction, connector.id, arrival.user.id);
      return { ...arrival, joined };
    });
  } catch (error) {
    // Two first sign-ins at once: the other one was faster.
    if (error instanceof UserConflictError || sqlStateOf(error) === "23505")
      return findOrCreateSsoUser(sql, connector, profile);
    throw error;
  }
}

/** Unlike for Hugging Face, the identity is updated at each sign-in; name and picture of the user are not. */
async function renew(
  sql: Queryable,
  user: User,
  { issuer, id, detail }: EnterpriseProfile,
): Promise<Arrival> {
  await sql`
    update user_sso_identities set detail = ${sql.json(toJson(detail))}, updated_at = clock_timestamp()
    where issuer = ${issuer} and identity_id = ${id}`;
  return { user, change: "updated" };
}

async function takeIn(
  sql: Queryable,
  { email, name, avatar }: EnterpriseProfile,
): Promise<Arrival> {
  const holder = email === undefined ? undefined : await findUserByIdentifier(sql, email);
  if (holder) return { user: holder, change: "updated" };
  const user = await createUser(sql, { primaryEmail: email, name, avatar });
  return { user, change: "created" };
}

async function joinOrganizations(
  sql: Queryable,
  connectorId: string,
  userId: string,
): Promise<string[]> {
  const organizations = await sql<{ id: string }[]>`
    select organization_id as id from organization_jit_sso_connectors
    where sso_connector_id = ${connectorId}`;
  return joinJustInTime(sql, userId, organizations);
}

async function findUserBySsoIdentity(
  sql: Queryable,
  { issuer, id }: EnterpriseProfile,
): Promise<User | undefined> {
  const [identity] = await sql<{ userId: string }[]>`
    select user_id as "userId" from user_sso_identities where issuer = ${issuer} and identity_id = ${id}`;
  return identity && findUser(sql, identity.userId);
}

export type SsoIdentity = {
  id: string;
  userId: string;
  issuer: string;
  identityId: string;
  detail: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
  ssoConnectorId: string;
};

export async function listSsoIdentities(sql: Queryable, userId: string): Promise<SsoIdentity[]> {
  const rows = await sql<SsoIdentity[]>`
    select * from user_sso_identities where user_id = ${userId} order by created_at, id`;
  return [...rows];
}
