import type { RouterContext } from "@koa/router";
import { z } from "zod";
import { emailPattern, phonePattern, usernamePattern } from "../people/identifiers.ts";
import { hashPassword } from "../people/passwords.ts";
import { deleteSession, listSessions, type Session } from "../people/sessions.ts";
import { presentUser } from "../people/user-body.ts";
import {
  createUser,
  deleteUser,
  endEverySessionOf,
  findUser,
  type Identity,
  updateUser,
  type User,
  type UserChange,
  UserConflictError,
} from "../people/users.ts";
import { listSsoIdentities, type SsoIdentity } from "../sso/newcomers.ts";
import { describeChange } from "../webhooks/management-events.ts";
import { ManagementError, notFound } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { addList, type Api, orThrow, param, readChange } from "./resource.ts";
import { searchUsers } from "./user-search.ts";

const emptyAsNull = (value: unknown) => (value === "" ? null : value);
const changeSchema = z.object({
  username: z.string().regex(usernamePattern).nullish(),
  primaryEmail: z.string().regex(emailPattern).nullish(),
  primaryPhone: z.string().regex(phonePattern).nullish(),
  name: z.preprocess(emptyAsNull, z.string().nullish()),
  avatar: z.preprocess(emptyAsNull, z.url().nullish()),
  customData: jsonObject.optional(),
  profile: jsonObject.optional(),
});
const newUserSchema = changeSchema.extend({ password: z.string().min(1).optional() });
const passwordSchema = z.object({ password: z.string().min(1) });
const suspensionSchema = z.object({ isSuspended: z.boolean() });
const identitySchema = z.object({ userId: z.string(), details: jsonObject.optional() });

const users = "/api/users";
const user = `${users}/:userId`;
const identity = `${user}/identities/:target`;
const sessions = `${user}/sessions`;

export function addUserRoutes(api: Api): void {
  const { router, sql } = api;
  const requireUser = async (ctx: RouterContext) =>
    orThrow(await findUser(sql, param(ctx, "userId")), notFound());
  const change = async (ctx: RouterContext, values: UserChange) =>
    orThrow(await orConflict(updateUser(sql, param(ctx, "userId"), values)), notFound());

  addList(api, {
    path: users,
    paged: "always",
    find: (page, ctx) => searchUsers(sql, new URLSearchParams(ctx.querystring), page),
    present: presentWithPassword,
  });

  router.post(users, async (ctx) => {
    const input = await readInput(ctx, newUserSchema);
    ctx.body = presentWithPassword(await orConflict(createUser(sql, input)));
  });

  router.get(user, async (ctx) => {
    const found = await requireUser(ctx);
    const withSso =
      ctx.query["includeSsoIdentities"] === "true"
        ? { ssoIdentities: (await listSsoIdentities(sql, found.id)).map(presentSsoIdentity) }
        : {};
    ctx.body = { ...presentWithPassword(found), ...withSso };
  });

  router.patch(user, async (ctx) => {
    const values = await readChange(ctx, changeSchema);
    ctx.body = presentWithPassword(await change(ctx, values));
  });

  // Tokens and sessions die at once, and re-activation does not revive them.
  router.patch(`${user}/is-suspended`, async (ctx) => {
    const { isSuspended } = await readInput(ctx, suspensionSchema);
    const id = param(ctx, "userId");
    const changed = await sql.begin(async (transaction) => {
      if (isSuspended) await endEverySessionOf(transaction, id);
      return updateUser(transaction, id, { isSuspended });
    });
    ctx.body = presentWithPassword(orThrow(changed, notFound()));
  });

  router.delete(user, async (ctx) => {
    const found = await requireUser(ctx);
    await sql.begin(async (transaction) => {
      await endEverySessionOf(transaction, found.id);
      if (!(await deleteUser(transaction, found.id))) throw notFound();
    });
    describeChange(ctx, { data: presentUser(found) });
    ctx.status = 204;
  });

  router.patch(`${user}/password`, async (ctx) => {
    const { password } = await readInput(ctx, passwordSchema);
    const passwordDigest = await hashPassword(password);
    ctx.body = presentWithPassword(await change(ctx, { passwordDigest }));
  });

  addIdentityRoutes(api, requireUser, change);
  addSessionRoutes(api, requireUser);
}

type RequireUser = (ctx: RouterContext) => Promise<User>;

function addIdentityRoutes(
  { router }: Api,
  requireUser: RequireUser,
  change: (ctx: RouterContext, values: UserChange) => Promise<User>,
): void {
  router.put(identity, async (ctx) => {
    const { userId, details } = await readInput(ctx, identitySchema);
    const linked: Identity = details ? { userId, details } : { userId };
    const identities = { ...(await requireUser(ctx)).identities, [param(ctx, "target")]: linked };
    ctx.body = (await change(ctx, { identities })).identities;
    ctx.status = 201;
  });

  router.delete(identity, async (ctx) => {
    const { [param(ctx, "target")]: unlinked, ...identities } = (await requireUser(ctx)).identities;
    if (!unlinked) {
      const message = "The social account has not been registered yet.";
      throw new ManagementError(404, "user.identity_not_exist", message);
    }
    ctx.body = presentWithPassword(await change(ctx, { identities }));
  });
}

/** To end a session sends no back-channel logout: the application learns nothing of it. */
function addSessionRoutes({ router, sql }: Api, requireUser: RequireUser): void {
  router.get(sessions, async (ctx) => {
    const { id } = await requireUser(ctx);
    ctx.body = { sessions: (await listSessions(sql, id)).map(presentSession) };
  });

  router.delete(`${sessions}/:sessionId`, async (ctx) => {
    const { id } = await requireUser(ctx);
    const session = (await listSessions(sql, id)).find(
      ({ payload }) => payload.uid === param(ctx, "sessionId"),
    );
    if (!session) throw notFound();
    const andGrants = ctx.query["revokeGrantsTarget"] === "all";
    await sql.begin((transaction) => deleteSession(transaction, session, { andGrants }));
    ctx.status = 204;
  });
}

function presentWithPassword(shown: User) {
  return { ...presentUser(shown), hasPassword: shown.passwordDigest !== null };
}

function presentSsoIdentity({ createdAt, updatedAt, ...shown }: SsoIdentity) {
  return {
    tenantId: "default",
    ...shown,
    createdAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
  };
}

function presentSession({ payload, expiresAt }: Session) {
  const [clientId = null] = Object.keys(payload.authorizations ?? {});
  return {
    payload,
    // Logto also tells how the user signed in; the stand-in keeps no record of that.
    lastSubmission: null,
    clientId,
    accountId: payload.accountId,
    expiresAt: expiresAt.getTime(),
  };
}

const conflictMessages = {
  username: "This username is already in use.",
  email: "This email is associated with an existing account.",
  phone: "This phone number is associated with an existing account.",
  identity: "The social account has been associated with an existing account.",
};

/** Names the field that another user has already. */
async function orConflict<Result>(change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof UserConflictError)) throw error;
    const { conflict } = error;
    throw new ManagementError(422, `user.${conflict}_already_in_use`, conflictMessages[conflict]);
  }
}
