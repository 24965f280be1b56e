import type { TenantDatabase, Transaction } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import { changeAs, type ChangingMember } from "../memberships/change-as.ts";

const pageSize = 20;

/** One page of those that are archived, or are not: newest first, since UUIDv7s sort by time. */
export async function listProjects(
  tx: Transaction,
  list: { organizationId: string; isArchived: boolean; after: string | undefined },
) {
  const { organizationId, isArchived, after } = list;
  const found = await tx.project.findMany({
    where: { organizationId, isArchived, ...(after !== undefined && { id: { lt: after } }) },
    select: { id: true, name: true, createdAt: true },
    orderBy: { id: "desc" },
    take: pageSize + 1,
  });
  const projects = found.slice(0, pageSize);
  return { projects, next: found.length > pageSize ? projects.at(-1)?.id : undefined };
}

/** @throws request.not_found, also where it is another organization's */
export async function readProject(tx: Transaction, key: { organizationId: string; id: string }) {
  const project = await tx.project.findUnique({
    where: { organizationId_id: key },
    select: {
      id: true,
      name: true,
      isArchived: true,
      createdAt: true,
      createdBy: { select: { name: true, username: true } },
    },
  });
  if (!project) throw httpError("request.not_found");
  return project;
}

/** @returns its id */
export function createProject(
  database: TenantDatabase,
  actor: ChangingMember,
  { name }: { name: string },
): Promise<string> {
  return changeAs(database, actor, "project:create", async (tx) => {
    const { id } = await tx.project.create({
      data: { organizationId: actor.organization.id, name, createdById: actor.user.id },
      select: { id: true },
    });
    const target = { type: "project", id };
    return { value: id, event: { action: "project.created", target, details: { name } } };
  });
}

/** @throws request.not_found */
export function renameProject(
  database: TenantDatabase,
  actor: ChangingMember,
  { id, name }: { id: string; name: string },
): Promise<void> {
  return changeAs(database, actor, "project:update", async (tx) => {
    const key = { organizationId: actor.organization.id, id };
    const { name: from } = await lockProject(tx, key);
    if (name === from) return { value: undefined, event: null };
    await tx.project.update({ where: { organizationId_id: key }, data: { name } });
    const target = { type: "project", id };
    const details = { from, to: name };
    return { value: undefined, event: { action: "project.renamed", target, details } };
  });
}

/** Puts it aside, or back among the others. @throws request.not_found */
export function archiveProject(
  database: TenantDatabase,
  actor: ChangingMember,
  { id, isArchived }: { id: string; isArchived: boolean },
): Promise<void> {
  return changeAs(database, actor, "project:archive", async (tx) => {
    const key = { organizationId: actor.organization.id, id };
    const present = await lockProject(tx, key);
    if (present.isArchived === isArchived) return { value: undefined, event: null };
    await tx.project.update({ where: { organizationId_id: key }, data: { isArchived } });
    const action = isArchived ? "project.archived" : "project.restored";
    const target = { type: "project", id };
    const details = { name: present.name };
    return { value: undefined, event: { action, target, details } };
  });
}

/** @throws request.not_found */
export function deleteProject(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
): Promise<void> {
  return changeAs(database, actor, "project:delete", async (tx) => {
    const key = { organizationId: actor.organization.id, id };
    const { name } = await lockProject(tx, key);
    await tx.project.delete({ where: { organizationId_id: key } });
    const target = { type: "project", id };
    return { value: undefined, event: { action: "project.deleted", target, details: { name } } };
  });
}

/** Reads what a change starts from, and keeps it so until the change is done. */
async function lockProject(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<{ name: string; isArchived: boolean }> {
  const [project] = await tx.$queryRaw<{ name: string; isArchived: boolean }[]>`
    select name, is_archived as "isArchived" from projects
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid
       for update`;
  if (!project) throw httpError("request.not_found");
  return project;
}
