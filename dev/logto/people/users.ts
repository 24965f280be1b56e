import type postgres from "postgres";
import { type JsonObject, type Queryable, sqlStateOf, toJson } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import { hashPassword } from "./passwords.ts";

export type Identity = { userId: string; details?: JsonObject };

export type User = {
  id: string;
  username: string | null;
  primaryEmail: string | null;
  primaryPhone: string | null;
  name: string | null;
  avatar: string | null;
  customData: JsonObject;
  identities: Record<string, Identity>;
  lastSignInAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  profile: JsonObject;
  applicationId: string | null;
  isSuspended: boolean;
  passwordDigest: string | null;
};

export type NewUser = {
  username?: string | null | undefined;
  primaryEmail?: string | null | undefined;
  primaryPhone?: string | null | undefined;
  name?: string | null | undefined;
  avatar?: string | null | undefined;
  password?: string | undefined;
  /** In place of the password itself. */
  passwordDigest?: string | undefined;
  customData?: JsonObject | undefined;
  profile?: JsonObject | undefined;
  identities?: Record<string, Identity> | undefined;
};

export type UserConflict = "username" | "email" | "phone" | "identity";

/** A person who has proved who they are. */
export type Arrival = {
  user: User;
  /** What the sign-in did to the account, for the webhooks. */
  change?: "created" | "updated" | undefined;
  /** Organizations that the person joined on the way. */
  joined?: string[] | undefined;
};

/** Someone else already has this username, e-mail address, phone number or social identity. */
export class UserConflictError extends Error {
  readonly conflict: UserConflict;
  constructor(conflict: UserConflict) {
    super(`${conflict} already in use`);
    this.conflict = conflict;
  }
}

export const userColumns = (sql: Queryable) => sql`
  users.id, users.username, users.primary_email as "primaryEmail", users.primary_phone as "primaryPhone",
  users.name, users.avatar, users.custom_data as "customData", users.identities,
  users.last_sign_in_at as "lastSignInAt", users.created_at as "createdAt", users.updated_at as "updatedAt",
  users.profile, users.application_id as "applicationId", users.is_suspended as "isSuspended",
  users.password_digest as "passwordDigest"`;

export async function createUser(sql: Queryable, user: NewUser): Promise<User> {
  const hashed = user.password === undefined ? null : await hashPassword(user.password);
  const digest = user.passwordDigest ?? hashed;
  const rows = await named(sql<User[]>`
    insert into users (id, username, primary_email, primary_phone, name, avatar, password_digest,
      custom_data, profile, identities)
    values (${createId(12)}, ${user.username ?? null}, ${user.primaryEmail ?? null},
      ${user.primaryPhone ?? null}, ${user.name ?? null}, ${user.avatar ?? null}, ${digest},
      ${sql.json(toJson(user.customData ?? {}))}, ${sql.json(toJson(user.profile ?? {}))},
      ${sql.json(toJson(user.identities ?? {}))})
    returning ${userColumns(sql)}`);
  return only(rows);
}

export async function findUser(sql: Queryable, id: string): Promise<User | undefined> {
  const [user] = await sql<User[]>`select ${userColumns(sql)} from users where id = ${id}`;
  return user;
}

/** Logto compares usernames exactly and e-mail addresses without regard to case. */
export async function findUserByIdentifier(
  sql: Queryable,
  identifier: string,
): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    select ${userColumns(sql)} from users
    where username = ${identifier} or lower(primary_email) = lower(${identifier})
    order by (username = ${identifier}) desc nulls last limit 1`;
  return user;
}

export async function findUserByHuggingFaceId(
  sql: Queryable,
  huggingFaceId: string,
): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    select ${userColumns(sql)} from users where identities->'huggingface'->>'userId' = ${huggingFaceId}`;
  return user;
}

type ChangeableField = Exclude<
  keyof User,
  "id" | "lastSignInAt" | "createdAt" | "updatedAt" | "applicationId"
>;
export type UserChange = { [Field in ChangeableField]?: User[Field] | undefined };

const changeableColumns = {
  username: "username",
  primaryEmail: "primary_email",
  primaryPhone: "primary_phone",
  name: "name",
  avatar: "avatar",
  isSuspended: "is_suspended",
  passwordDigest: "password_digest",
  customData: "custom_data",
  profile: "profile",
  identities: "identities",
} as const satisfies Record<keyof UserChange, string>;

/** Returns undefined when there is no such user. */
export async function updateUser(
  sql: Queryable,
  id: string,
  change: UserChange,
): Promise<User | undefined> {
  const values: Record<string, postgres.ParameterOrJSON<never>> = {};
  for (const [field, column] of Object.entries(changeableColumns)) {
    const value: unknown = Reflect.get(change, field);
    if (value === null || typeof value === "string" || typeof value === "boolean")
      values[column] = value;
    else if (typeof value === "object") values[column] = sql.json(toJson(value));
  }
  const [user] = await named(sql<User[]>`
    update users set ${sql(values)}, updated_at = clock_timestamp() where id = ${id}
    returning ${userColumns(sql)}`);
  return user;
}

/** Logto moves `updatedAt` with each sign-in, and remembers the first application somebody came through. */
export async function recordSignIn(
  sql: Queryable,
  id: string,
  applicationId: string,
): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    update users set last_sign_in_at = clock_timestamp(), updated_at = clock_timestamp(),
      application_id = coalesce(application_id, ${applicationId})
    where id = ${id} returning ${userColumns(sql)}`;
  return user;
}

export async function deleteUser(sql: Queryable, id: string): Promise<boolean> {
  const rows = await sql`delete from users where id = ${id} returning id`;
  return rows.length > 0;
}

/** Signs somebody out everywhere: sessions, codes, tokens, grants and sign-ins under way. */
export async function endEverySessionOf(sql: Queryable, userId: string): Promise<void> {
  await sql`
    delete from oidc_models
    where payload->>'accountId' = ${userId} or payload->'result'->'login'->>'accountId' = ${userId}`;
}

const conflictOfConstraint: Record<string, UserConflict> = {
  users_username_key: "username",
  users_email: "email",
  users_primary_phone_key: "phone",
  users_hugging_face: "identity",
};

async function named<Result>(query: PromiseLike<Result>): Promise<Result> {
  try {
    return await query;
  } catch (error) {
    const constraint =
      error instanceof Error && "constraint_name" in error ? String(error.constraint_name) : "";
    const conflict = conflictOfConstraint[constraint];
    if (sqlStateOf(error) === "23505" && conflict) throw new UserConflictError(conflict);
    throw error;
  }
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error("the insert returned no row");
  return row;
}
