import { v7 as createId } from "uuid";

import { listFieldChanges } from "../tenancy/field-changes.ts";
import type { TenantDatabase } from "../database/database.ts";
import { Prisma, type Project } from "../database/generated/client.ts";
import { deleteRow, insertRow, type ReadRow, selectColumns, updateRow } from "../database/rows.ts";
import { writeDay } from "../http/form-fields.ts";
import type { Read } from "../http/route.ts";
import { changeAs, changeRowAs, type ChangingMember } from "../tenancy/change-as.ts";
import {
  type Position,
  type ProjectFields,
  type ProjectsQuery,
  type Sort,
  versionOf,
} from "./schema.ts";

const pageSize = 20;

/**
 * The order of the list, and the condition for rows after a position in it. The id decides between equals, so that each row has
 * one position, and pages neither repeat nor lose a row.
 */
const orderings: Record<
  Sort,
  { by: string; after: string; values(position: Position): unknown[] }
> = {
  // UUIDv7s sort by time.
  newest: {
    by: "id desc",
    after: "id < $3::uuid",
    values: ({ id }) => [id],
  },
  name: {
    by: "lower(name), id",
    after: "(lower(name), id) > (lower($3), $4::uuid)",
    values: ({ name, id }) => [name, id],
  },
  // Projects without a date come last.
  "due-date": {
    by: "coalesce(due_date, 'infinity'), id",
    after: "(coalesce(due_date, 'infinity'), id) > (coalesce($3::date, 'infinity'), $4::uuid)",
    values: ({ dueDate, id }) => [dueDate, id],
  },
};

/** Reads one page of the projects that are archived, or of those that are not, and one more if there is a next page. */
export function readProjects({ sort, status, after, archived }: ProjectsQuery): Read<Project> {
  const { by, after: condition, values } = orderings[sort];
  const text = `
    select ${selectColumns(Prisma.ProjectScalarFieldEnum, "p")}
      from projects p
     where organization_id = current_organization_id() and is_archived = $1
       and ($2::project_status is null or status = $2::project_status)
       ${after ? `and ${condition}` : ""}
     order by ${by}
     limit ${pageSize + 1}`;
  const name = `list-projects-${sort}${after ? "-after" : ""}`;
  return { name, text, values: [archived === "yes", status, ...(after ? values(after) : [])] };
}

/** Makes a page of the rows of `readProjects`. @returns where the next page begins, if there is one */
export function pageOfProjects(found: readonly Project[]) {
  const projects = found.slice(0, pageSize);
  const last = found.length > pageSize ? projects.at(-1) : undefined;
  return { projects, next: last && describePosition(last) };
}

function describePosition({ id, name, dueDate }: Project): Position {
  return { id, name, dueDate: dueDate && writeDay(dueDate) };
}

/** A project as its page shows it. */
export type ShownProject = Project &
  ReadRow & { createdBy: { name: string | null; username: string | null } | null };

/** Reads a project of the current organization. */
export function readProject(id: string): Read<ShownProject> {
  return { name: "read-project", text: projectText, values: [id] };
}

const projectText = `
  select ${selectColumns(Prisma.ProjectScalarFieldEnum, "p")},
         case when u.id is not null then json_build_object('name', u.name, 'username', u.username) end as "createdBy"
    from projects p left join users u on u.id = p.created_by_id
   where p.organization_id = current_organization_id() and p.id = $1`;

/** Fields for which the database has a default may be left out. */
type NewProject = Pick<Prisma.ProjectUncheckedCreateInput, keyof ProjectFields>;

/** @returns its id */
export async function createProject(
  database: TenantDatabase,
  actor: ChangingMember,
  fields: NewProject,
): Promise<string> {
  const id = createId();
  await changeAs(database, actor, "project:create", {
    statements: [insertRow("insert into projects", { ...fields, id, createdById: actor.user.id })],
    event: { action: "project.created", target: targetOf(id), details: { name: fields.name } },
  });
  return id;
}

/** A project to change, and what the route has read of it. */
type Changing = { id: string; rows?: readonly ShownProject[] };

const reading = ({ id, rows }: Changing) => ({ read: readProject(id), rows });
const targetOf = (id: string) => ({ type: "project", id });

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
  project: Changing,
  { version, ...fields }: Partial<ProjectFields> & { version?: string | undefined },
): Promise<"changed" | "unchanged" | "outdated"> {
  return changeRowAs(database, actor, "project:update", reading(project), (present) => {
    const changes = listFieldChanges<ProjectFields>(present, fields);
    if (changes === null) return { value: "unchanged", event: null };
    if (version !== undefined && version !== versionOf(present))
      return { value: "outdated", event: null };
    const name = fields.name ?? present.name;
    return {
      value: "changed",
      statements: [updateRow("update projects", present, fields)],
      event: {
        action: "project.changed",
        target: targetOf(present.id),
        details: { name, changes },
      },
    };
  });
}

/** Archives a project, or restores it. @throws request.not_found */
export function archiveProject(
  database: TenantDatabase,
  actor: ChangingMember,
  project: Changing,
  { isArchived }: { isArchived: boolean },
): Promise<void> {
  return changeRowAs(database, actor, "project:archive", reading(project), (present) => {
    const { id, name } = present;
    if (present.isArchived === isArchived) return { value: undefined, event: null };
    const action = isArchived ? "project.archived" : "project.restored";
    return {
      value: undefined,
      statements: [updateRow("update projects", present, { isArchived })],
      event: { action, target: targetOf(id), details: { name } },
    };
  });
}

/** @throws request.not_found */
export function deleteProject(
  database: TenantDatabase,
  actor: ChangingMember,
  project: Changing,
): Promise<void> {
  return changeRowAs(database, actor, "project:delete", reading(project), (present) => ({
    value: undefined,
    statements: [deleteRow("delete from projects", present)],
    event: {
      action: "project.deleted",
      target: targetOf(present.id),
      details: { name: present.name },
    },
  }));
}
