import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database } from "../store/database.ts";
import {
  addScopesToRole,
  createRole,
  createScope,
  deleteNamed,
  findRole,
  findScope,
  listRoles,
  listScopes,
  listScopesOfRole,
  removeScopeFromRole,
  replaceScopesOfRole,
  updateNamed,
} from "../people/organization-roles.ts";
import { alsoFire } from "../webhooks/management-events.ts";
import { emptyChange, notExistsWithId, notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { presentRole, presentRoleWithScopes, presentScope } from "./organization-body.ts";
import { readPage, wantsPage, writePageHeaders } from "./paging.ts";

const namedSchema = z.object({
  name: z.string().min(1).max(128),
  description: z.string().max(256).nullish(),
});
const roleSchema = namedSchema.extend({
  type: z.enum(["User", "MachineToMachine"]).default("User"),
  organizationScopeIds: idList.default([]),
});
const scopeIdsSchema = z.object({ organizationScopeIds: idList });

const roles = "/api/organization-roles";
const scopes = "/api/organization-scopes";

/** The organization template: the scopes and roles every organization has. */
export function addOrganizationTemplateRoutes(router: Router, sql: Database, origin: string): void {
  router.get(scopes, async (ctx) => {
    const page = wantsPage(ctx) ? readPage(ctx) : undefined;
    const found = await listScopes(sql, { q: textOf(ctx, "q"), ...page });
    if (page) writePageHeaders(ctx, origin, page, found.total);
    ctx.body = found.scopes.map(presentScope);
  });

  router.post(scopes, async (ctx) => {
    ctx.body = presentScope(await createScope(sql, await readInput(ctx, namedSchema)));
    ctx.status = 201;
  });

  router.get(`${scopes}/:id`, async (ctx) => {
    const scope = await findScope(sql, idOf(ctx));
    if (!scope) throw notExistsWithId("organization_scopes", idOf(ctx));
    ctx.body = presentScope(scope);
  });

  router.get(roles, async (ctx) => {
    const page = readPage(ctx);
    const found = await listRoles(sql, { q: textOf(ctx, "q"), ...page });
    writePageHeaders(ctx, origin, page, found.total);
    ctx.body = found.roles.map(presentRoleWithScopes);
  });

  router.post(roles, async (ctx) => {
    const { organizationScopeIds: scopeIds, ...role } = await readInput(ctx, roleSchema);
    // In one transaction: with an unknown scope, no half-made role may remain.
    const created = await sql.begin((transaction) =>
      createRole(transaction, { ...role, scopeIds }),
    );
    if (scopeIds.length > 0) {
      alsoFire(ctx, "OrganizationRole.Scopes.Updated", { organizationRoleId: created.id });
    }
    ctx.body = presentRole(created);
    ctx.status = 201;
  });

  router.get(`${roles}/:id`, async (ctx) => {
    const role = await findRole(sql, idOf(ctx));
    if (!role) throw notFound();
    ctx.body = presentRole(role);
  });

  for (const [path, table] of [
    [scopes, "organization_scopes"],
    [roles, "organization_roles"],
  ] as const) {
    router.patch(`${path}/:id`, async (ctx) => {
      const change = await readInput(ctx, namedSchema.partial());
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      if (given.length === 0) throw emptyChange();
      if (!(await updateNamed(sql, table, idOf(ctx), Object.fromEntries(given)))) throw notFound();
      const role = await findRole(sql, idOf(ctx));
      const scope = role ? undefined : await findScope(sql, idOf(ctx));
      ctx.body = role ? presentRole(role) : scope && presentScope(scope);
    });
    router.delete(`${path}/:id`, async (ctx) => {
      if (!(await deleteNamed(sql, table, idOf(ctx)))) throw notFound();
      ctx.status = 204;
    });
  }

  router.get(`${roles}/:id/scopes`, async (ctx) => {
    ctx.body = (await listScopesOfRole(sql, idOf(ctx))).map(presentScope);
  });

  router.post(`${roles}/:id/scopes`, async (ctx) => {
    await addScopesToRole(
      sql,
      idOf(ctx),
      (await readInput(ctx, scopeIdsSchema)).organizationScopeIds,
    );
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.put(`${roles}/:id/scopes`, async (ctx) => {
    const { organizationScopeIds } = await readInput(ctx, scopeIdsSchema);
    await sql.begin((transaction) =>
      replaceScopesOfRole(transaction, idOf(ctx), organizationScopeIds),
    );
    ctx.status = 204;
  });

  router.delete(`${roles}/:id/scopes/:organizationScopeId`, async (ctx) => {
    const scopeId = ctx.params["organizationScopeId"] ?? "";
    if (!(await removeScopeFromRole(sql, idOf(ctx), scopeId))) throw notFound();
    ctx.status = 204;
  });
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}

function textOf(ctx: RouterContext, name: string): string | undefined {
  const value = ctx.query[name];
  return typeof value === "string" ? value : undefined;
}
