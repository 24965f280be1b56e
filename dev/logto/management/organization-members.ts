import type { RouterContext } from "@koa/router";
import { z } from "zod";
import { findApplication } from "../applications/applications.ts";
import { machines, type Membership, people } from "../people/members.ts";
import { findRoles } from "../people/organization-roles.ts";
import { presentUser } from "../people/user-body.ts";
import type { Queryable } from "../store/database.ts";
import { describeChange } from "../webhooks/management-events.ts";
import { presentApplication } from "./applications.ts";
import { constraintViolated, ManagementError, notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { presentRole } from "./organization-template.ts";
import { addList, type Api, param, textOf } from "./resource.ts";

/** The differences between the people and the machines of an organization. */
type Kind = Pick<Membership, "members" | "roles" | "listRoles"> & {
  path: string;
  key: "userIds" | "applicationIds";
  memberParam: "userId" | "applicationId";
  /** The type of the roles that may be given. */
  type: "User" | "MachineToMachine";
  /** The lists of a webhook. */
  told: { added: string; removed: string };
  /** Whether POST answers with what was sent. */
  isEchoed: boolean;
  /** Refuses what cannot be a member. */
  requireFit(sql: Queryable, ids: string[]): Promise<void>;
};

const rolesSchema = z.object({
  organizationRoleIds: idList.optional(),
  organizationRoleNames: z.array(z.string()).optional(),
});

const peopleKind: Kind = {
  ...people,
  path: "/api/organizations/:id/users",
  key: "userIds",
  memberParam: "userId",
  type: "User",
  told: { added: "addedUserIds", removed: "removedUserIds" },
  isEchoed: true,
  requireFit: () => Promise.resolve(),
};

const machineKind: Kind = {
  ...machines,
  path: "/api/organizations/:id/applications",
  key: "applicationIds",
  memberParam: "applicationId",
  type: "MachineToMachine",
  told: { added: "addedApplicationIds", removed: "removedApplicationIds" },
  isEchoed: false,
  async requireFit(sql, ids) {
    const found = await Promise.all(ids.map((id) => findApplication(sql, id)));
    // The foreign key refuses an unknown one.
    if (found.some((application) => application && application.type !== "MachineToMachine"))
      throw constraintViolated();
  },
};

/** The members of organizations, and their roles. Logto answers with an empty list for an unknown organization, too. */
export function addOrganizationMemberRoutes(api: Api): void {
  addList(api, {
    path: peopleKind.path,
    paged: "always",
    find: (page, ctx) => people.list(api.sql, param(ctx, "id"), { q: textOf(ctx, "q"), ...page }),
    present: presentUser,
  });
  addList(api, {
    path: machineKind.path,
    paged: "always",
    find: (page, ctx) => machines.list(api.sql, param(ctx, "id"), { q: textOf(ctx, "q"), ...page }),
    present: presentApplication,
  });
  addReplacement(api, peopleKind);
  for (const kind of [peopleKind, machineKind]) {
    addMembershipRoutes(api, kind);
    addRolesOfMemberRoutes(api, kind);
  }
}

function addMembershipRoutes({ router, sql }: Api, kind: Kind): void {
  const { path, key, members, roles } = kind;
  const addSchema = z.object({ [key]: idList.min(1) });
  const assignSchema = z.object({ [key]: idList.min(1), organizationRoleIds: idList.min(1) });

  router.post(path, async (ctx) => {
    const { [key]: ids = [] } = await readInput(ctx, addSchema);
    await kind.requireFit(sql, ids);
    describeMembers(ctx, kind, { added: await members.add(sql, [param(ctx, "id")], ids) });
    ctx.status = 201;
    ctx.body = kind.isEchoed ? { [key]: ids } : "Created";
  });

  // Logto's Console does this after it has added members. No event tells of it.
  router.post(`${path}/roles`, async (ctx) => {
    const { [key]: ids = [], organizationRoleIds = [] } = await readInput(ctx, assignSchema);
    await requireRoles(sql, kind, { ids: organizationRoleIds });
    await sql.begin(async (transaction) => {
      for (const id of ids)
        await roles.add(transaction, [param(ctx, "id"), id], organizationRoleIds);
    });
    ctx.status = 201;
    ctx.body = "Created";
  });

  router.delete(`${path}/:${kind.memberParam}`, async (ctx) => {
    const [organizationId, id] = idsOf(ctx, kind);
    if (!(await members.remove(sql, [organizationId], id))) throw notFound();
    describeMembers(ctx, kind, { removed: [id] });
    ctx.status = 204;
  });
}

function addReplacement({ router, sql }: Api, kind: Kind): void {
  const schema = z.object({ [kind.key]: idList });
  router.put(kind.path, async (ctx) => {
    const { [kind.key]: ids = [] } = await readInput(ctx, schema);
    const change = await sql.begin((transaction) =>
      kind.members.replace(transaction, [param(ctx, "id")], ids),
    );
    describeMembers(ctx, kind, change);
    ctx.status = 204;
  });
}

function addRolesOfMemberRoutes({ router, sql }: Api, kind: Kind): void {
  const path = `${kind.path}/:${kind.memberParam}/roles`;

  router.get(path, async (ctx) => {
    const ids = await requireMembership(sql, ctx, kind);
    ctx.body = (await kind.listRoles(sql, ids)).map(presentRole);
  });

  router.put(path, async (ctx) => {
    const input = await readInput(ctx, rolesSchema);
    const ids = await requireMembership(sql, ctx, kind);
    await sql.begin(async (transaction) => {
      await kind.roles.replace(transaction, ids, await resolveRoles(transaction, kind, input));
    });
    ctx.status = 204;
  });
}

function idsOf(ctx: RouterContext, { memberParam }: Kind): [string, string] {
  return [param(ctx, "id"), param(ctx, memberParam)];
}

/** Tells the webhook. An empty list is left out. */
function describeMembers(
  ctx: RouterContext,
  { told }: Kind,
  { added = [], removed = [] }: { added?: string[]; removed?: string[] },
): void {
  describeChange(ctx, {
    organizationId: param(ctx, "id"),
    ...(added.length > 0 ? { [told.added]: added } : {}),
    ...(removed.length > 0 ? { [told.removed]: removed } : {}),
  });
}

/** Ids and names may be given together. */
async function resolveRoles(
  sql: Queryable,
  kind: Kind,
  input: z.infer<typeof rolesSchema>,
): Promise<string[]> {
  const { organizationRoleIds: ids = [], organizationRoleNames: names = [] } = input;
  const found = await requireRoles(sql, kind, { ids, names });
  const unknown = names.filter((name) => !found.some((role) => role.name === name));
  if (unknown.length > 0) {
    const list = unknown.join(", ");
    throw new ManagementError(
      422,
      "organization.role_names_not_found",
      `Invalid role names detected: ${list}. Please create these roles first before proceeding.`,
    );
  }
  return [...new Set([...ids, ...found.map(({ id }) => id)])];
}

/** A role for machines cannot be given to a person, nor the other way round. */
async function requireRoles(
  sql: Queryable,
  { type }: Kind,
  wanted: { ids: string[]; names?: string[] },
): Promise<{ id: string; name: string }[]> {
  const found = await findRoles(sql, wanted);
  if (found.some((role) => role.type !== type)) throw constraintViolated();
  return found;
}

/** Logto's published source asks for it before it answers anything about a member's roles. */
async function requireMembership(
  sql: Queryable,
  ctx: RouterContext,
  kind: Kind,
): Promise<[string, string]> {
  const [organizationId, id] = idsOf(ctx, kind);
  if (await kind.members.has(sql, [organizationId], id)) return [organizationId, id];
  throw new ManagementError(
    422,
    "organization.require_membership",
    "The user must be a member of the organization to proceed.",
  );
}
