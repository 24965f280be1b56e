import { z } from "zod";
import {
  listRoles,
  listScopes,
  listScopesOfRole,
  type OrganizationRole,
  type OrganizationScope,
  type RoleWithScopes,
  roleTable,
  scopesOfRoles,
  scopeTable,
} from "../people/organization-roles.ts";
import { alsoFire } from "../webhooks/management-events.ts";
import { notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { addLinks, addList, type Api, param, textOf } from "./resource.ts";

const namedSchema = z.object({
  name: z.string().min(1).max(128),
  description: z.string().max(256).nullish(),
});
const roleSchema = namedSchema.extend({
  type: z.enum(["User", "MachineToMachine"]).default("User"),
  organizationScopeIds: idList.default([]),
});

const roles = "/api/organization-roles";
const scopes = "/api/organization-scopes";

/** The organization template: the scopes and roles that every organization has. */
export function addOrganizationTemplateRoutes(api: Api): void {
  const { router, sql } = api;
  addList(api, {
    path: scopes,
    paged: "on request",
    find: (page, ctx) => listScopes(sql, { q: textOf(ctx, "q"), ...page }),
    present: presentScope,
  });

  router.post(scopes, async (ctx) => {
    ctx.body = presentScope(await scopeTable.create(sql, await readInput(ctx, namedSchema)));
    ctx.status = 201;
  });

  addList(api, {
    path: roles,
    paged: "always",
    find: (page, ctx) => listRoles(sql, { q: textOf(ctx, "q"), ...page }),
    present: (role: RoleWithScopes) => ({
      ...presentRole(role),
      scopes: role.scopes,
      resourceScopes: [],
    }),
  });

  router.post(roles, async (ctx) => {
    const { organizationScopeIds, ...input } = await readInput(ctx, roleSchema);
    // In one transaction: with an unknown scope, no role without its scopes may remain.
    const role = await sql.begin(async (transaction) => {
      const created = await roleTable.create(transaction, input);
      await scopesOfRoles.add(transaction, [created.id], organizationScopeIds);
      return created;
    });
    if (organizationScopeIds.length > 0)
      alsoFire(ctx, "OrganizationRole.Scopes.Updated", { organizationRoleId: role.id });
    ctx.body = presentRole(role);
    ctx.status = 201;
  });

  router.delete(`${roles}/:id`, async (ctx) => {
    if (!(await roleTable.delete(sql, param(ctx, "id")))) throw notFound();
    ctx.status = 204;
  });

  addLinks(api, {
    path: `${roles}/:id/scopes`,
    links: scopesOfRoles,
    key: "organizationScopeIds",
    find: listScopesOfRole,
    present: presentScope,
  });
}

export function presentRole({ id, name, description, type }: OrganizationRole) {
  return { tenantId: "default", id, name, description, type };
}

function presentScope({ id, name, description }: OrganizationScope) {
  return { tenantId: "default", id, name, description };
}
