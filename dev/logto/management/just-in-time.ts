import type { Router, RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database } from "../store/database.ts";
import {
  addJitDomain,
  addJitRoles,
  listJitDomains,
  listJitRoles,
  removeJitDomain,
  removeJitRole,
  replaceJitDomains,
  replaceJitRoles,
} from "../people/just-in-time.ts";
import { notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { presentRole } from "./organization-body.ts";

const domainSchema = z.object({ emailDomain: z.string().min(1) });
const domainsSchema = z.object({ emailDomains: z.array(z.string().min(1)) });
const rolesSchema = z.object({ organizationRoleIds: idList });

const domains = "/api/organizations/:id/jit/email-domains";
const roles = "/api/organizations/:id/jit/roles";

/** Who becomes a member of an organization by signing up. */
export function addJustInTimeRoutes(router: Router, sql: Database): void {
  router.get(domains, async (ctx) => {
    const found = await listJitDomains(sql, idOf(ctx));
    ctx.body = found.map((emailDomain) => presentDomain(idOf(ctx), emailDomain));
  });

  router.post(domains, async (ctx) => {
    const { emailDomain } = await readInput(ctx, domainSchema);
    await addJitDomain(sql, idOf(ctx), emailDomain);
    ctx.status = 201;
    ctx.body = presentDomain(idOf(ctx), emailDomain);
  });

  router.put(domains, async (ctx) => {
    const { emailDomains } = await readInput(ctx, domainsSchema);
    await sql.begin((transaction) => replaceJitDomains(transaction, idOf(ctx), emailDomains));
    ctx.status = 204;
  });

  router.delete(`${domains}/:domain`, async (ctx) => {
    if (!(await removeJitDomain(sql, idOf(ctx), ctx.params["domain"] ?? ""))) throw notFound();
    ctx.status = 204;
  });

  router.get(roles, async (ctx) => {
    ctx.body = (await listJitRoles(sql, idOf(ctx))).map(presentRole);
  });

  router.post(roles, async (ctx) => {
    await addJitRoles(sql, idOf(ctx), (await readInput(ctx, rolesSchema)).organizationRoleIds);
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.put(roles, async (ctx) => {
    const { organizationRoleIds } = await readInput(ctx, rolesSchema);
    await sql.begin((transaction) => replaceJitRoles(transaction, idOf(ctx), organizationRoleIds));
    ctx.status = 204;
  });

  router.delete(`${roles}/:roleId`, async (ctx) => {
    if (!(await removeJitRole(sql, idOf(ctx), ctx.params["roleId"] ?? ""))) throw notFound();
    ctx.status = 204;
  });
}

function presentDomain(organizationId: string, emailDomain: string) {
  return { tenantId: "default", organizationId, emailDomain };
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}
