import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database, Queryable } from "../store/database.ts";
import {
  addRolesToMember,
  findRolesById,
  findRolesByName,
  listRolesOfMember,
  removeRoleFromMember,
  replaceRolesOfMember,
} from "../people/organization-roles.ts";
import {
  addMembers,
  isMember,
  listMembers,
  removeMember,
  replaceMembers,
} from "../people/organizations.ts";
import { describeChange } from "../webhooks/management-events.ts";
import { constraintViolated, ManagementError, notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { presentRole } from "./organization-body.ts";
import { readPage, writePageHeaders } from "./paging.ts";
import { presentMember } from "../people/user-body.ts";

const addSchema = z.object({ userIds: idList.min(1) });
const replaceSchema = z.object({ userIds: idList });
const rolesSchema = z.object({
  organizationRoleIds: idList.optional(),
  organizationRoleNames: z.array(z.string()).optional(),
});
const assignSchema = z.object({ userIds: idList.min(1), organizationRoleIds: idList.min(1) });

const users = "/api/organizations/:id/users";
const rolesOfUser = `${users}/:userId/roles`;

export function addOrganizationMemberRoutes(router: Router, sql: Database, origin: string): void {
  // Of an unknown organization, too, Logto answers with an empty list.
  router.get(users, async (ctx) => {
    const page = readPage(ctx);
    const q = typeof ctx.query["q"] === "string" ? ctx.query["q"] : undefined;
    const { total, members } = await listMembers(sql, param(ctx, "id"), { ...page, q });
    writePageHeaders(ctx, origin, page, total);
    ctx.body = members.map(presentMember);
  });

  router.post(users, async (ctx) => {
    const { userIds } = await readInput(ctx, addSchema);
    describeMembership(ctx, { added: await addMembers(sql, param(ctx, "id"), userIds) });
    ctx.status = 201;
    ctx.body = { userIds };
  });

  router.put(users, async (ctx) => {
    const { userIds } = await readInput(ctx, replaceSchema);
    const changes = await sql.begin((transaction) =>
      replaceMembers(transaction, param(ctx, "id"), userIds),
    );
    describeMembership(ctx, changes);
    ctx.status = 204;
  });

  router.post(`${users}/roles`, async (ctx) => {
    const { userIds, organizationRoleIds } = await readInput(ctx, assignSchema);
    requireUserRoles(await findRolesById(sql, organizationRoleIds));
    await sql.begin(async (transaction) => {
      for (const userId of userIds) {
        await addRolesToMember(transaction, param(ctx, "id"), userId, organizationRoleIds);
      }
    });
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.delete(`${users}/:userId`, async (ctx) => {
    if (!(await removeMember(sql, param(ctx, "id"), param(ctx, "userId")))) throw notFound();
    describeMembership(ctx, { removed: [param(ctx, "userId")] });
    ctx.status = 204;
  });

  router.get(rolesOfUser, async (ctx) => {
    await requireMembership(sql, ctx);
    const roles = await listRolesOfMember(sql, param(ctx, "id"), param(ctx, "userId"));
    ctx.body = roles.map(presentRole);
  });

  router.post(rolesOfUser, async (ctx) => {
    const input = await readInput(ctx, rolesSchema);
    await requireMembership(sql, ctx);
    const organizationRoleIds = await resolveRoles(sql, input);
    await addRolesToMember(sql, param(ctx, "id"), param(ctx, "userId"), organizationRoleIds);
    ctx.status = 201;
    ctx.body = { organizationRoleIds };
  });

  router.put(rolesOfUser, async (ctx) => {
    const input = await readInput(ctx, rolesSchema);
    await requireMembership(sql, ctx);
    await sql.begin(async (transaction) => {
      const roleIds = await resolveRoles(transaction, input);
      await replaceRolesOfMember(transaction, param(ctx, "id"), param(ctx, "userId"), roleIds);
    });
    ctx.status = 204;
  });

  router.delete(`${rolesOfUser}/:roleId`, async (ctx) => {
    await requireMembership(sql, ctx);
    const isRemoved = await removeRoleFromMember(
      sql,
      param(ctx, "id"),
      param(ctx, "userId"),
      param(ctx, "roleId"),
    );
    if (!isRemoved) throw notFound();
    ctx.status = 204;
  });
}

/** For the webhook. A list without anybody in it is left out. */
function describeMembership(
  ctx: RouterContext,
  { added = [], removed = [] }: { added?: string[]; removed?: string[] },
): void {
  describeChange(ctx, {
    organizationId: param(ctx, "id"),
    ...(added.length > 0 ? { addedUserIds: added } : {}),
    ...(removed.length > 0 ? { removedUserIds: removed } : {}),
  });
}

/** Ids and names may be given together; a role for machines cannot be given to a person. */
async function resolveRoles(sql: Queryable, input: z.infer<typeof rolesSchema>): Promise<string[]> {
  const { organizationRoleIds: ids = [], organizationRoleNames: names = [] } = input;
  const named = await findRolesByName(sql, names);
  const unknown = names.filter((name) => !named.some((role) => role.name === name));
  if (unknown.length > 0) {
    const list = unknown.join(", ");
    throw new ManagementError(
      422,
      "organization.role_names_not_found",
      `Invalid role names detected: ${list}. Please create these roles first before proceeding.`,
    );
  }
  const chosen = [...named, ...(await findRolesById(sql, ids))];
  requireUserRoles(chosen);
  return [...new Set([...ids, ...named.map(({ id }) => id)])];
}

function requireUserRoles(roles: { type: string }[]): void {
  if (roles.some(({ type }) => type !== "User")) throw constraintViolated();
}

async function requireMembership(sql: Queryable, ctx: RouterContext): Promise<void> {
  if (await isMember(sql, param(ctx, "id"), param(ctx, "userId"))) return;
  throw new ManagementError(
    422,
    "organization.require_membership",
    "The user must be a member of the organization to proceed.",
  );
}

function param(ctx: RouterContext, name: "id" | "userId" | "roleId"): string {
  return ctx.params[name] ?? "";
}
