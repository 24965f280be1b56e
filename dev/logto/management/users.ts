import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database } from "../database.ts";
import { emailPattern, phonePattern, usernamePattern } from "../people/identifiers.ts";
import { listOrganizationsOfUser } from "../people/organizations.ts";
import { hashPassword, verifyPassword } from "../people/passwords.ts";
import {
  createUser,
  deleteUser,
  endEverySessionOf,
  findUser,
  updateUser,
  type User,
  UserConflictError,
} from "../people/users.ts";
import { emptyChange, ManagementError, notFound } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { presentOrganizationOfUser } from "./organization-body.ts";
import { readPage, writePageHeaders } from "./paging.ts";
import { presentUserWithPassword } from "./user-body.ts";
import { searchUsers } from "./user-search.ts";

const profileField = z.string().optional();
const profileSchema = z.object({
  familyName: profileField,
  givenName: profileField,
  middleName: profileField,
  nickname: profileField,
  preferredUsername: profileField,
  profile: profileField,
  website: profileField,
  gender: profileField,
  birthdate: profileField,
  zoneinfo: profileField,
  locale: profileField,
  address: jsonObject.optional(),
});

const emptyAsNull = (value: unknown) => (value === "" ? null : value);

const changeSchema = z.object({
  username: z.string().regex(usernamePattern).nullish(),
  primaryEmail: z.string().regex(emailPattern).nullish(),
  primaryPhone: z.string().regex(phonePattern).nullish(),
  name: z.preprocess(emptyAsNull, z.string().nullish()),
  avatar: z.preprocess(emptyAsNull, z.url().nullish()),
  customData: jsonObject.optional(),
  profile: profileSchema.optional(),
});
const newUserSchema = changeSchema.extend({ password: z.string().min(1).optional() });
const passwordSchema = z.object({ password: z.string().min(1) });
const suspensionSchema = z.object({ isSuspended: z.boolean() });
const customDataSchema = z.object({ customData: jsonObject });

export function addUserRoutes(router: Router, sql: Database, origin: string): void {
  router.get("/api/users", async (ctx) => {
    const page = readPage(ctx);
    const { total, users } = await searchUsers(sql, new URLSearchParams(ctx.querystring), page);
    writePageHeaders(ctx, origin, page, total);
    ctx.body = users.map(presentUserWithPassword);
  });

  router.post("/api/users", async (ctx) => {
    const user = await readInput(ctx, newUserSchema);
    ctx.body = presentUserWithPassword(await orConflict(createUser(sql, user)));
  });

  router.get("/api/users/:userId", async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const withSso = ctx.query["includeSsoIdentities"] === "true" ? { ssoIdentities: [] } : {};
    ctx.body = { ...presentUserWithPassword(user), ...withSso };
  });

  router.patch("/api/users/:userId", async (ctx) => {
    const change = await readInput(ctx, changeSchema);
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    ctx.body = presentUserWithPassword(
      orNotFound(await orConflict(updateUser(sql, user.id, change))),
    );
  });

  // Tokens and sessions die at once, and re-activation does not revive them.
  router.patch("/api/users/:userId/is-suspended", async (ctx) => {
    const { isSuspended } = await readInput(ctx, suspensionSchema);
    const user = await sql.begin(async (transaction) => {
      if (isSuspended) await endEverySessionOf(transaction, idOf(ctx));
      return updateUser(transaction, idOf(ctx), { isSuspended });
    });
    ctx.body = presentUserWithPassword(orNotFound(user));
  });

  router.delete("/api/users/:userId", async (ctx) => {
    const isDeleted = await sql.begin(async (transaction) => {
      await endEverySessionOf(transaction, idOf(ctx));
      return deleteUser(transaction, idOf(ctx));
    });
    if (!isDeleted) throw notFound();
    ctx.status = 204;
  });

  router.patch("/api/users/:userId/password", async (ctx) => {
    const { password } = await readInput(ctx, passwordSchema);
    const passwordDigest = await hashPassword(password);
    ctx.body = presentUserWithPassword(
      orNotFound(await updateUser(sql, idOf(ctx), { passwordDigest })),
    );
  });

  router.post("/api/users/:userId/password/verify", async (ctx) => {
    const { password } = await readInput(ctx, passwordSchema);
    const { passwordDigest } = orNotFound(await findUser(sql, idOf(ctx)));
    if (!(await verifyPassword(password, passwordDigest))) {
      const message = "Incorrect account or password. Please check your input.";
      throw new ManagementError(422, "session.invalid_credentials", message);
    }
    ctx.status = 204;
  });

  router.get("/api/users/:userId/has-password", async (ctx) => {
    const { passwordDigest } = orNotFound(await findUser(sql, idOf(ctx)));
    ctx.body = { hasPassword: passwordDigest !== null };
  });

  router.get("/api/users/:userId/custom-data", async (ctx) => {
    ctx.body = orNotFound(await findUser(sql, idOf(ctx))).customData;
  });

  // Unlike a PATCH of the user itself, this one merges, at the top level only.
  router.patch("/api/users/:userId/custom-data", async (ctx) => {
    const { customData } = await readInput(ctx, customDataSchema);
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const merged = { ...user.customData, ...customData };
    ctx.body = orNotFound(await updateUser(sql, user.id, { customData: merged })).customData;
  });

  router.get("/api/users/:userId/organizations", async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const organizations = await listOrganizationsOfUser(sql, user.id);
    ctx.body = organizations.map(presentOrganizationOfUser);
  });

  router.delete("/api/users/:userId/identities/:target", async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const { [ctx.params["target"] ?? ""]: removed, ...identities } = user.identities;
    if (!removed) {
      const message = "The social account has not been registered yet.";
      throw new ManagementError(404, "user.identity_not_exist", message);
    }
    ctx.body = presentUserWithPassword(orNotFound(await updateUser(sql, user.id, { identities })));
  });
}

function idOf(ctx: RouterContext): string {
  return ctx.params["userId"] ?? "";
}

function orNotFound(user: User | undefined): User {
  if (!user) throw notFound();
  return user;
}

const conflictMessages = {
  username: "This username is already in use.",
  email: "This email is associated with an existing account.",
  phone: "This phone number is associated with an existing account.",
  identity: "The social account has been associated with an existing account.",
};

async function orConflict<Result>(change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof UserConflictError)) throw error;
    const { conflict } = error;
    throw new ManagementError(422, `user.${conflict}_already_in_use`, conflictMessages[conflict]);
  }
}
