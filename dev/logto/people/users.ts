import { type JsonObject, type Queryable, sqlStateOf } from "../store/database.ts";
import { type Change, defineTable, toColumns } from "../store/table.ts";
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

export type UserChange = Omit<Change<User>, "lastSignInAt" | "updatedAt" | "applicationId">;

/** A person who has proved who they are. */
export type Arrival = {
  user: User;
  /** The effect of the sign-in on the account, for the webhooks. */
  change?: "created" | "updated" | undefined;
  /** Organizations that the person joined on the way. */
  joined?: string[] | undefined;
};

export type UserConflict = "username" | "email" | "phone" | "identity";

/** Another user has this username, email address, phone number or social identity. */
export class UserConflictError extends Error {
  readonly conflict: UserConflict;
  constructor(conflict: UserConflict) {
    super(`${conflict} already in use`);
    this.conflict = conflict;
  }
}

export const userTable = defineTable<User>("users", 12);
export const { find: findUser, delete: deleteUser } = userTable;

/** @throws {UserConflictError} */
export async function createUser(
  sql: Queryable,
  { password, ...user }: UserChange & { password?: string | undefined },
): Promise<User> {
  const hashed = password === undefined ? undefined : await hashPassword(password);
  return naming(userTable.create(sql, { passwordDigest: hashed, ...user }));
}

/** Logto compares usernames exactly, and email addresses in any case. */
export async function findUserByIdentifier(
  sql: Queryable,
  identifier: string,
): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    select * from users
    where username = ${identifier} or lower(primary_email) = lower(${identifier})
    order by (username = ${identifier}) desc nulls last limit 1`;
  return user;
}

export async function findUserByHuggingFaceId(
  sql: Queryable,
  huggingFaceId: string,
): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    select * from users where identities->'huggingface'->>'userId' = ${huggingFaceId}`;
  return user;
}

/**
 * @returns undefined when there is no such user
 * @throws {UserConflictError}
 */
export async function updateUser(
  sql: Queryable,
  id: string,
  change: UserChange,
): Promise<User | undefined> {
  const [user] = await naming(sql<User[]>`
    update users set ${sql(toColumns(sql, change))}, updated_at = clock_timestamp()
    where id = ${id} returning *`);
  return user;
}

/** Logto moves `updatedAt` with each sign-in, and remembers the first application that a user came through. */
export async function recordSignIn(
  sql: Queryable,
  id: string,
  applicationId: string,
): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    update users set last_sign_in_at = clock_timestamp(), updated_at = clock_timestamp(),
      application_id = coalesce(application_id, ${applicationId})
    where id = ${id} returning *`;
  return user;
}

/** Signs a user out everywhere: ends sessions, codes, tokens, grants and sign-ins under way. */
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

/** Names the field that another user has already. */
async function naming<Result>(query: PromiseLike<Result>): Promise<Result> {
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
