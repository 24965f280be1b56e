import { listChanges } from "../tenancy/changes.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { Prisma, type Project } from "../database/generated/client.ts";
import { httpError } from "../http/errors.ts";
import { writeDay } from "../http/form-fields.ts";
import { changed, changeAs, type ChangingMember, unchanged } from "../tenancy/change-as.ts";
import {
  type Place,
  type ProjectFields,
  type ProjectsQuery,
  type Sort,
  versionOf,
} from "./schema.ts";

const pageSize = 20;

/**
 * The order of the list, and the condition for rows after a place in it. The id decides between equals, so that each row has
 * one place, and pages neither repeat nor lose a row.
 */
const orderings: Record<Sort, { by: Prisma.Sql; after(place: Place): Prisma.Sql }> = {
  // UUIDv7s sort by time.
  newest: {
    by: Prisma.sql`id desc`,
    after: ({ id }) => Prisma.sql`id < ${id}::uuid`,
  },
  name: {
    by: Prisma.sql`lower(name), id`,
    after: ({ name, id }) => Prisma.sql`(lower(name), id) > (lower(${name}), ${id}::uuid)`,
  },
  // Projects without a date come last.
  "due-date": {
    by: Prisma.sql`coalesce(due_date, 'infinity'), id`,
    after: ({ dueDate, id }) => Prisma.sql`
      (coalesce(due_date, 'infinity'), id) > (coalesce(${dueDate}::date, 'infinity'), ${id}::uuid)`,
  },
};

type ProjectList = { organizationId: string; isArchived: boolean } & Pick<
  ProjectsQuery,
  "sort" | "status" | "after"
>;

/** Reads one page of the projects that are archived, or of those that are not, and where the next page begins. */
export async function listProjects(tx: Transaction, list: ProjectList) {
  const { organizationId, isArchived, sort, status = null, after } = list;
  const ordering = orderings[sort];
  const found = await tx.$queryRaw<{ id: string }[]>`
    select id from projects
     where organization_id = ${organizationId}::uuid and is_archived = ${isArchived}
       and (${status}::project_status is null or status = ${status}::project_status)
       and ${after ? ordering.after(after) : Prisma.sql`true`}
     order by ${ordering.by}
     limit ${pageSize + 1}`;
  const ids = found.slice(0, pageSize).map(({ id }) => id);
  const rows = await tx.project.findMany({ where: { organizationId, id: { in: ids } } });
  const byId = new Map(rows.map((project) => [project.id, project]));
  const projects = ids.flatMap((id) => byId.get(id) ?? []);
  const last = found.length > pageSize ? projects.at(-1) : undefined;
  return { projects, next: last && describePlace(last) };
}

function describePlace({ id, name, dueDate }: Project): Place {
  return { id, name, dueDate: dueDate && writeDay(dueDate) };
}

/** @throws request.not_found, also for the project of another organization */
export async function readProject(tx: Transaction, key: { organizationId: string; id: string }) {
  const project = await tx.project.findUnique({
    where: { organizationId_id: key },
    include: { createdBy: { select: { name: true, username: true } } },
  });
  if (!project) throw httpError("request.not_found");
  return project;
}

/** Fields for which the database has a default may be left out. */
type NewProject = Pick<Prisma.ProjectUncheckedCreateInput, keyof ProjectFields>;

/** @returns its id */
export function createProject(
  database: TenantDatabase,
  actor: ChangingMember,
  fields: NewProject,
): Promise<string> {
  return changeAs(database, actor, "project:create", async (tx) => {
    const { id, name } = await tx.project.create({
      data: { ...fields, organizationId: actor.organization.id, createdById: actor.user.id },
      select: { id: true, name: true },
    });
    const target = { type: "project", id };
    return { value: id, event: { action: "project.created", target, details: { name } } };
  });
}

/**
 * Changes the fields that differ. A field that is left out stays as it is.
 *
 * @param version of the project that the form was filled with; undefined: the change does not depend on it
 * @returns `outdated`, with nothing changed, where another person has changed the project since
 * @throws request.not_found
 */
export function changeProject(
  database: TenantDatabase,
  actor: ChangingMember,
  { id, ...fields }: { id: string } & Partial<ProjectFields>,
  version?: string,
): Promise<"changed" | "unchanged" | "outdated"> {
  return changeAs(database, actor, "project:update", async (tx) => {
    const key = { organizationId: actor.organization.id, id };
    const present = await lockProject(tx, key);
    const changes = listChanges<ProjectFields>(present, fields);
    if (changes === null) return { value: "unchanged", event: null };
    if (version !== undefined && version !== versionOf(present))
      return { value: "outdated", event: null };
    const { name } = await tx.project.update({
      where: { organizationId_id: key },
      data: fields,
      select: { name: true },
    });
    const target = { type: "project", id };
    const details = { name, changes };
    return { value: "changed", event: { action: "project.changed", target, details } };
  });
}

/** Archives a project, or restores it. @throws request.not_found */
export function archiveProject(
  database: TenantDatabase,
  actor: ChangingMember,
  { id, isArchived }: { id: string; isArchived: boolean },
): Promise<void> {
  return changeAs(database, actor, "project:archive", async (tx) => {
    const key = { organizationId: actor.organization.id, id };
    const present = await lockProject(tx, key);
    if (present.isArchived === isArchived) return unchanged;
    await tx.project.update({ where: { organizationId_id: key }, data: { isArchived } });
    const action = isArchived ? "project.archived" : "project.restored";
    return changed({ action, target: { type: "project", id }, details: { name: present.name } });
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
    return changed({
      action: "project.deleted",
      target: { type: "project", id },
      details: { name },
    });
  });
}

/** Reads a project and locks it until the change is done. @throws request.not_found */
async function lockProject(
  tx: Transaction,
  key: { organizationId: string; id: string },
): Promise<Project> {
  await tx.$queryRaw`
    select id from projects
     where organization_id = ${key.organizationId}::uuid and id = ${key.id}::uuid
       for update`;
  const project = await tx.project.findUnique({ where: { organizationId_id: key } });
  if (!project) throw httpError("request.not_found");
  return project;
}
