import type Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import { z } from "zod";
import { findApplication } from "../applications/applications.ts";
import type { Database, Queryable } from "../store/database.ts";
import {
  addApplications,
  addRolesToApplicationIn,
  belongsTo,
  listApplicationsOfOrganization,
  listOrganizationsOfApplication,
  listRolesOfApplicationIn,
  removeApplication,
  removeRoleFromApplicationIn,
  replaceApplications,
  replaceRolesOfApplicationIn,
} from "../people/organization-applications.ts";
import { findRolesById } from "../people/organization-roles.ts";
import { describeChange } from "../webhooks/management-events.ts";
import { presentApplication, requireApplication } from "./applications.ts";
import { constraintViolated, ManagementError, notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { presentOrganizationOfUser, presentRole } from "./organization-body.ts";
import { readPage, writePageHeaders } from "./paging.ts";

const addSchema = z.object({ applicationIds: idList.min(1) });
const replaceSchema = z.object({ applicationIds: idList });
const rolesSchema = z.object({ organizationRoleIds: idList });
const assignSchema = z.object({
  applicationIds: idList.min(1),
  organizationRoleIds: idList.min(1),
});

const applications = "/api/organizations/:id/applications";
const roles = `${applications}/:applicationId/roles`;

/** Machines of an organization: only machines may belong to one, and only roles for machines may be given to them. */
export function addOrganizationApplicationRoutes(
  router: Router,
  sql: Database,
  origin: string,
): void {
  router.get(applications, async (ctx) => {
    const page = readPage(ctx);
    const found = await listApplicationsOfOrganization(sql, param(ctx, "id"), page);
    writePageHeaders(ctx, origin, page, found.total);
    ctx.body = found.applications.map(({ organizationRoles, ...application }) => ({
      ...presentApplication(application),
      organizationRoles,
    }));
  });

  router.post(applications, async (ctx) => {
    const { applicationIds } = await readInput(ctx, addSchema);
    await requireMachines(sql, applicationIds);
    describeMembership(ctx, {
      added: await addApplications(sql, param(ctx, "id"), applicationIds),
    });
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.put(applications, async (ctx) => {
    const { applicationIds } = await readInput(ctx, replaceSchema);
    await requireMachines(sql, applicationIds);
    const changes = await sql.begin((transaction) =>
      replaceApplications(transaction, param(ctx, "id"), applicationIds),
    );
    describeMembership(ctx, changes);
    ctx.status = 204;
  });

  // What Logto's Console does after it has added them; no event tells of it.
  router.post(`${applications}/roles`, async (ctx) => {
    const { applicationIds, organizationRoleIds } = await readInput(ctx, assignSchema);
    await requireMachineRoles(sql, organizationRoleIds);
    await sql.begin(async (transaction) => {
      for (const applicationId of applicationIds) {
        await addRolesToApplicationIn(
          transaction,
          param(ctx, "id"),
          applicationId,
          organizationRoleIds,
        );
      }
    });
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.delete(`${applications}/:applicationId`, async (ctx) => {
    const { id, applicationId } = idsOf(ctx);
    if (!(await removeApplication(sql, id, applicationId))) throw notFound();
    describeMembership(ctx, { removed: [applicationId] });
    ctx.status = 204;
  });

  router.get(roles, async (ctx) => {
    const { id, applicationId } = idsOf(ctx);
    await requireMembership(sql, id, applicationId);
    ctx.body = (await listRolesOfApplicationIn(sql, id, applicationId)).map(presentRole);
  });

  router.post(roles, async (ctx) => {
    const { organizationRoleIds } = await readInput(ctx, rolesSchema);
    const { id, applicationId } = idsOf(ctx);
    await requireMembership(sql, id, applicationId);
    await requireMachineRoles(sql, organizationRoleIds);
    await addRolesToApplicationIn(sql, id, applicationId, organizationRoleIds);
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.put(roles, async (ctx) => {
    const { organizationRoleIds } = await readInput(ctx, rolesSchema);
    const { id, applicationId } = idsOf(ctx);
    await requireMembership(sql, id, applicationId);
    await requireMachineRoles(sql, organizationRoleIds);
    await sql.begin((transaction) =>
      replaceRolesOfApplicationIn(transaction, id, applicationId, organizationRoleIds),
    );
    ctx.status = 204;
  });

  router.delete(`${roles}/:organizationRoleId`, async (ctx) => {
    const { id, applicationId } = idsOf(ctx);
    const roleId = param(ctx, "organizationRoleId");
    if (!(await removeRoleFromApplicationIn(sql, id, applicationId, roleId))) throw notFound();
    ctx.status = 204;
  });

  router.get("/api/applications/:id/organizations", async (ctx) => {
    const { id } = await requireApplication(sql, ctx);
    ctx.body = (await listOrganizationsOfApplication(sql, id)).map(presentOrganizationOfUser);
  });
}

/** Not recorded: Logto's published source asks for it before it answers anything of a machine's roles. */
async function requireMembership(sql: Queryable, id: string, applicationId: string): Promise<void> {
  if (await belongsTo(sql, id, applicationId)) return;
  throw new ManagementError(
    422,
    "organization.require_membership",
    "The user must be a member of the organization to proceed.",
  );
}

async function requireMachines(sql: Queryable, ids: string[]): Promise<void> {
  for (const id of ids) {
    const application = await findApplication(sql, id);
    // An unknown one is the foreign key's affair.
    if (application && application.type !== "MachineToMachine") throw constraintViolated();
  }
}

async function requireMachineRoles(sql: Queryable, ids: string[]): Promise<void> {
  const found = await findRolesById(sql, ids);
  if (found.some(({ type }) => type !== "MachineToMachine")) throw constraintViolated();
}

function describeMembership(
  ctx: RouterContext,
  { added = [], removed = [] }: { added?: string[]; removed?: string[] },
): void {
  describeChange(ctx, {
    organizationId: param(ctx, "id"),
    ...(added.length > 0 ? { addedApplicationIds: added } : {}),
    ...(removed.length > 0 ? { removedApplicationIds: removed } : {}),
  });
}

function idsOf(ctx: RouterContext): { id: string; applicationId: string } {
  return { id: param(ctx, "id"), applicationId: param(ctx, "applicationId") };
}

function param(ctx: RouterContext, name: "id" | "applicationId" | "organizationRoleId"): string {
  return ctx.params[name] ?? "";
}
