import type Router from "@koa/router";
import { z } from "zod";
import type { Database } from "../store/database.ts";
import {
  createOrganization,
  deleteOrganization,
  findOrganization,
  listOrganizations,
  updateOrganization,
} from "../people/organizations.ts";
import { emptyChange, ManagementError, notExistsWithId, notFound } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { presentOrganization } from "./organization-body.ts";
import { readPage, writePageHeaders } from "./paging.ts";

const organizationSchema = z.object({
  name: z.string().min(1).max(128),
  description: z.string().max(256).nullish(),
  customData: jsonObject.optional(),
  isMfaRequired: z.boolean().optional(),
  color: jsonObject.optional(),
  branding: z.object({ logoUrl: z.url().optional(), darkLogoUrl: z.url().optional() }).optional(),
  customCss: z.string().nullish(),
});

export function addOrganizationRoutes(router: Router, sql: Database, origin: string): void {
  router.get("/api/organizations", async (ctx) => {
    const page = readPage(ctx);
    const q = typeof ctx.query["q"] === "string" ? ctx.query["q"] : undefined;
    const { total, organizations } = await listOrganizations(sql, { ...page, q });
    writePageHeaders(ctx, origin, page, total);
    ctx.body = organizations.map(presentOrganization);
  });

  router.post("/api/organizations", async (ctx) => {
    const organization = await createOrganization(sql, await readInput(ctx, organizationSchema));
    ctx.status = 201;
    ctx.body = presentOrganization(organization);
  });

  router.get("/api/organizations/:id", async (ctx) => {
    const id = ctx.params["id"] ?? "";
    const organization = await findOrganization(sql, id);
    if (!organization) throw notExistsWithId("organizations", id);
    ctx.body = presentOrganization(organization);
  });

  router.patch("/api/organizations/:id", async (ctx) => {
    const change = await readInput(ctx, organizationSchema.partial());
    if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
    const organization = await updateOrganization(sql, ctx.params["id"] ?? "", change);
    if (!organization)
      throw new ManagementError(404, "entity.not_exists", "The organization does not exist.");
    ctx.body = presentOrganization(organization);
  });

  router.delete("/api/organizations/:id", async (ctx) => {
    if (!(await deleteOrganization(sql, ctx.params["id"] ?? ""))) throw notFound();
    ctx.status = 204;
  });
}
