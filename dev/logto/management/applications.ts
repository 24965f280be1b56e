import type { Router, RouterContext } from "@koa/router";
import { z } from "zod";
import {
  type Application,
  applicationTypes,
  createApplication,
  deleteApplication,
  findApplication,
  listApplications,
  updateApplication,
} from "../applications/applications.ts";
import {
  addRolesToApplication,
  listRolesOfApplication,
  removeRoleFromApplication,
} from "../applications/roles.ts";
import type { Database } from "../store/database.ts";
import { emptyChange, notExistsWithId, notFound } from "./errors.ts";
import { idList, jsonObject, readInput } from "./input.ts";
import { readPage, wantsPage, writePageHeaders } from "./paging.ts";

const uri = z.string().refine((value) => URL.canParse(value));
const oidcSchema = z.object({
  redirectUris: z.array(uri),
  postLogoutRedirectUris: z.array(uri),
  backchannelLogoutUri: z.url().optional(),
  backchannelLogoutSessionRequired: z.boolean().optional(),
  logoUri: z.string().optional(),
});
const changeSchema = z.object({
  name: z.string().min(1).max(256).optional(),
  description: z.string().nullish(),
  oidcClientMetadata: oidcSchema.optional(),
  customClientMetadata: jsonObject.optional(),
  customData: jsonObject.optional(),
});
const newSchema = changeSchema.extend({
  name: z.string().min(1).max(256),
  type: z.enum(applicationTypes),
});
const rolesSchema = z.object({ roleIds: idList.min(1) });

const applications = "/api/applications";

export function addApplicationRoutes(router: Router, sql: Database, origin: string): void {
  router.get(applications, async (ctx) => {
    const page = wantsPage(ctx) ? readPage(ctx) : undefined;
    const types = new URLSearchParams(ctx.querystring).getAll("types");
    const found = await listApplications(sql, { types, ...page });
    if (page) writePageHeaders(ctx, origin, page, found.total);
    ctx.body = found.applications.map(presentApplication);
  });

  router.post(applications, async (ctx) => {
    const input = await readInput(ctx, newSchema);
    const application = await sql.begin((transaction) => createApplication(transaction, input));
    ctx.body = presentApplication(application);
  });

  router.get(`${applications}/:id`, async (ctx) => {
    ctx.body = { ...presentApplication(await requireApplication(sql, ctx)), isAdmin: false };
  });

  router.patch(`${applications}/:id`, async (ctx) => {
    const change = await readInput(ctx, changeSchema);
    const { id } = await requireApplication(sql, ctx);
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    const application = await updateApplication(sql, id, change);
    if (!application) throw notFound();
    ctx.body = presentApplication(application);
  });

  router.delete(`${applications}/:id`, async (ctx) => {
    if (!(await deleteApplication(sql, idOf(ctx)))) throw notFound();
    ctx.status = 204;
  });

  router.get(`${applications}/:id/roles`, async (ctx) => {
    const { id } = await requireApplication(sql, ctx);
    const roles = await listRolesOfApplication(sql, id);
    ctx.body = roles.map((role) => ({ tenantId: "default", ...role, isDefault: false }));
  });

  router.post(`${applications}/:id/roles`, async (ctx) => {
    const { roleIds } = await readInput(ctx, rolesSchema);
    const { id } = await requireApplication(sql, ctx);
    const addedRoleIds = await addRolesToApplication(sql, id, roleIds);
    ctx.status = 201;
    ctx.body = { roleIds, addedRoleIds };
  });

  router.delete(`${applications}/:id/roles/:roleId`, async (ctx) => {
    const { roleId = "" } = ctx.params;
    if (!(await removeRoleFromApplication(sql, idOf(ctx), roleId))) throw notFound();
    ctx.status = 204;
  });
}

export function presentApplication({ createdAt, ...application }: Application) {
  return {
    tenantId: "default",
    ...application,
    protectedAppMetadata: null,
    isThirdParty: false,
    appLevelAccessControlEnabled: false,
    createdAt: createdAt.getTime(),
  };
}

export async function requireApplication(sql: Database, ctx: RouterContext): Promise<Application> {
  const application = await findApplication(sql, idOf(ctx));
  if (!application) throw notExistsWithId("applications", idOf(ctx));
  return application;
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}
