import type { Router, RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database } from "../store/database.ts";
import { findUser, type Identity, updateUser } from "../people/users.ts";
import { ManagementError } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { idOf, orConflict, orNotFound } from "./user-answers.ts";
import { presentUserWithPassword } from "../people/user-body.ts";

const profileField = z.string().optional();
export const profileSchema = z.object({
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

const profileChangeSchema = z.object({ profile: profileSchema });
const customDataSchema = z.object({ customData: jsonObject });
const identitySchema = z.object({ userId: z.string(), details: jsonObject.optional() });

/** Custom data, profile and linked social accounts. Unlike a PATCH of the user itself, these merge, at the top level. */
export function addUserDetailRoutes(router: Router, sql: Database): void {
  router.get("/api/users/:userId/custom-data", async (ctx) => {
    ctx.body = orNotFound(await findUser(sql, idOf(ctx))).customData;
  });

  router.patch("/api/users/:userId/custom-data", async (ctx) => {
    const change = await readInput(ctx, customDataSchema);
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const customData = { ...user.customData, ...change.customData };
    ctx.body = orNotFound(await updateUser(sql, user.id, { customData })).customData;
  });

  router.patch("/api/users/:userId/profile", async (ctx) => {
    const change = await readInput(ctx, profileChangeSchema);
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const profile = { ...user.profile, ...change.profile };
    ctx.body = orNotFound(await updateUser(sql, user.id, { profile })).profile;
  });

  router.get("/api/users/:userId/all-identities", async (ctx) => {
    const { identities } = orNotFound(await findUser(sql, idOf(ctx)));
    const socialIdentities = Object.entries(identities).map(([target, identity]) => ({
      identity,
      target,
    }));
    ctx.body = { socialIdentities, ssoIdentities: [] };
  });

  router.get("/api/users/:userId/identities/:target", async (ctx) => {
    const { identities } = orNotFound(await findUser(sql, idOf(ctx)));
    ctx.body = { identity: orNotLinked(identities[targetOf(ctx)]) };
  });

  router.put("/api/users/:userId/identities/:target", async (ctx) => {
    const { userId, details } = await readInput(ctx, identitySchema);
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const identity: Identity = details ? { userId, details } : { userId };
    const identities = { ...user.identities, [targetOf(ctx)]: identity };
    ctx.body = orNotFound(await orConflict(updateUser(sql, user.id, { identities }))).identities;
    ctx.status = 201;
  });

  router.delete("/api/users/:userId/identities/:target", async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const { [targetOf(ctx)]: unlinked, ...identities } = user.identities;
    orNotLinked(unlinked);
    ctx.body = presentUserWithPassword(orNotFound(await updateUser(sql, user.id, { identities })));
  });
}

function targetOf(ctx: RouterContext): string {
  return ctx.params["target"] ?? "";
}

function orNotLinked(identity: Identity | undefined): Identity {
  if (identity) return identity;
  const message = "The social account has not been registered yet.";
  throw new ManagementError(404, "user.identity_not_exist", message);
}
