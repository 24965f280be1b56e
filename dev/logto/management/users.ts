import type Router from "@koa/router";
import { z } from "zod";
import type { Database } from "../store/database.ts";
import { emailPattern, phonePattern, usernamePattern } from "../people/identifiers.ts";
import { listOrganizationsOfUser } from "../people/organizations.ts";
import { hashPassword, verifyPassword } from "../people/passwords.ts";
import {
  createUser,
  deleteUser,
  endEverySessionOf,
  findUser,
  updateUser,
} from "../people/users.ts";
import { listSsoIdentities, type SsoIdentity } from "../sso/newcomers.ts";
import { describeChange } from "../webhooks/management-events.ts";
import { emptyChange, ManagementError, notFound } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { presentOrganizationOfUser } from "./organization-body.ts";
import { readPage, writePageHeaders } from "./paging.ts";
import { idOf, orConflict, orNotFound } from "./user-answers.ts";
import { profileSchema } from "./user-details.ts";
import { presentUser, presentUserWithPassword } from "../people/user-body.ts";
import { searchUsers } from "./user-search.ts";

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
    const withSso =
      ctx.query["includeSsoIdentities"] === "true"
        ? { ssoIdentities: (await listSsoIdentities(sql, user.id)).map(presentSsoIdentity) }
        : {};
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
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const isDeleted = await sql.begin(async (transaction) => {
      await endEverySessionOf(transaction, user.id);
      return deleteUser(transaction, user.id);
    });
    if (!isDeleted) throw notFound();
    describeChange(ctx, { data: presentUser(user) });
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

  router.get("/api/users/:userId/organizations", async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const organizations = await listOrganizationsOfUser(sql, user.id);
    ctx.body = organizations.map(presentOrganizationOfUser);
  });
}

function presentSsoIdentity({ createdAt, updatedAt, ...identity }: SsoIdentity) {
  return {
    tenantId: "default",
    ...identity,
    createdAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
  };
}
