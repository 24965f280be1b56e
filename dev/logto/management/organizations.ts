import { z } from "zod";
import {
  listOrganizations,
  type Organization,
  organizationTable,
} from "../people/organizations.ts";
import { ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { addItem, addList, type Api, textOf } from "./resource.ts";

const organizationSchema = z.object({
  name: z.string().min(1).max(128),
  description: z.string().max(256).nullish(),
  customData: jsonObject.optional(),
  isMfaRequired: z.boolean().optional(),
  color: jsonObject.optional(),
  branding: z.object({ logoUrl: z.url().optional(), darkLogoUrl: z.url().optional() }).optional(),
  customCss: z.string().nullish(),
});

const path = "/api/organizations";

export function addOrganizationRoutes(api: Api): void {
  const { router, sql } = api;
  addList(api, {
    path,
    paged: "always",
    find: (page, ctx) => listOrganizations(sql, { q: textOf(ctx, "q"), ...page }),
    present: presentOrganization,
  });

  router.post(path, async (ctx) => {
    const input = await readInput(ctx, organizationSchema);
    ctx.body = presentOrganization(await organizationTable.create(sql, input));
    ctx.status = 201;
  });

  addItem<Organization>(api, {
    path,
    table: organizationTable,
    changeSchema: organizationSchema.partial(),
    present: presentOrganization,
    missing: (id) => notExistsWithId("organizations", id),
    missingAtChange: () =>
      new ManagementError(404, "entity.not_exists", "The organization does not exist."),
  });
}

function presentOrganization({ createdAt, ...organization }: Organization) {
  return { tenantId: "default", ...organization, createdAt: createdAt.getTime() };
}
