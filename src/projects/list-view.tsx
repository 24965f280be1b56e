import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { type Project, ProjectStatus } from "../database/generated/client.ts";
import { writeCursor } from "../http/cursor-field.ts";
import { withQuery } from "../http/with-query.ts";
import { hasPermission } from "../access/roles.ts";
import { defineHomeCard } from "../tenancy/home-card.ts";
import { Card } from "../views/card.tsx";
import { DayText, RelativeTime } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { type FilledForm, SelectField, SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { nameStatus, StatusBadge, summarize } from "./fields-view.tsx";
import { ProjectForm } from "./form-view.tsx";
import { type Position, type ProjectsQuery, sorts } from "./schema.ts";
import { projectPath } from "./views.tsx";

interface ProjectsPageProps {
  actor: Member;
  projects: readonly Project[];
  query: ProjectsQuery;
  /** Where the next page begins, if there is one. */
  next: Position | undefined;
  form: FilledForm;
}

/** The list, and beside it the form that adds a project. */
export function ProjectsPage({ actor, projects, query, next, form }: ProjectsPageProps) {
  const path = projectPath(actor.organization);
  const { sort, status, archived } = query;
  const isArchived = archived === "yes";
  return (
    <>
      <PageHeading title={isArchived ? "Archived projects" : "Projects"}>
        <a
          class="link"
          href={withQuery(path, { sort, status, archived: isArchived ? undefined : "yes" })}
        >
          {isArchived ? "Show current" : "Show archived"}
        </a>
      </PageHeading>
      <div class="grid items-start gap-8 lg:grid-cols-[1.7fr_1fr]">
        <div class="grid gap-4">
          <ListSettings path={path} query={query} />
          {projects.length > 0 ? (
            <ul class="divide-y divide-base-300 overflow-hidden rounded-box border border-base-300 bg-base-100">
              {projects.map((project) => (
                <ProjectRow
                  key={project.id}
                  href={projectPath(actor.organization, project.id)}
                  project={project}
                />
              ))}
            </ul>
          ) : (
            <EmptyState icon="circleInfo" title={describeNone(query)}>
              <p>What is here can be seen by everybody in {actor.organization.name}.</p>
            </EmptyState>
          )}
          {next && (
            <a
              class="btn btn-outline justify-self-start text-base"
              href={withQuery(path, { sort, status, archived, after: writeCursor(next) })}
            >
              Next page
            </a>
          )}
        </div>
        {hasPermission(actor.role, "project:create") && (
          <Card id="create" title="New project">
            <ProjectForm
              action={formAction(actor, "projects")}
              form={form}
              button="Create project"
            />
          </Card>
        )}
      </div>
    </>
  );
}

function ProjectRow({ href, project }: { href: string; project: Project }) {
  return (
    <li class="relative flex items-center gap-4 px-4 py-4 hover:bg-base-content/4 sm:px-6">
      <div class="min-w-0 flex-1">
        <a class="break-name font-semibold after:absolute after:inset-0" href={href}>
          {project.name}
        </a>
        <p class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-base-content/75">
          {summarize(project).map((content, index) => (
            <span key={index}>{content}</span>
          ))}
          <span>
            Created <RelativeTime date={project.createdAt} />
          </span>
        </p>
      </div>
      <Icon name="chevronRight" class="size-5 opacity-60 max-sm:hidden" />
    </li>
  );
}

/** A GET form: its values stand in the address. */
function ListSettings({ path, query }: { path: string; query: ProjectsQuery }) {
  return (
    <form
      class="grid items-end gap-4 sm:grid-cols-[1fr_1fr_auto]"
      method="get"
      action={path}
      role="search"
      aria-label="Projects"
    >
      {query.archived && <input type="hidden" name="archived" value={query.archived} />}
      <SelectField
        id="list-status"
        name="status"
        label="Show"
        options={[
          { value: "", label: "Any status" },
          ...Object.values(ProjectStatus).map((value) => ({ value, label: nameStatus(value) })),
        ]}
        value={query.status ?? ""}
      />
      <SelectField
        id="list-sort"
        name="sort"
        label="Sort by"
        options={Object.entries(sorts).map(([value, label]) => ({ value, label }))}
        value={query.sort}
      />
      <SubmitButton tone="plain">Apply</SubmitButton>
    </form>
  );
}

function describeNone({ status, archived }: ProjectsQuery): string {
  if (status !== undefined) return "No projects match";
  return archived === "yes" ? "Nothing is archived" : "No projects yet";
}

type NewestProject = Pick<Project, "id" | "name" | "status"> & { dueDate: string | null };

/** The newest projects of an organization. */
export const projectsCard = defineHomeCard<NewestProject[] | null>({
  permission: "project:read",
  place: "main",
  select: `
    (select json_agg(newest)
       from (select id, name, status, due_date as "dueDate" from projects
              where organization_id = current_organization_id() and not is_archived
              order by id desc
              limit 5) newest)`,
  show: ({ organization, role }, projects) => (
    <Card
      id="projects"
      title="Newest projects"
      action={
        <a class="link" href={projectPath(organization)}>
          All projects
        </a>
      }
    >
      {projects ? (
        <ul class="-mx-2 divide-y divide-base-300">
          {projects.map(({ id, name, status, dueDate }) => (
            <li
              key={id}
              class="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-2 py-3 hover:bg-base-content/4"
            >
              <a
                class="break-name min-w-40 flex-1 font-semibold after:absolute after:inset-0"
                href={projectPath(organization, id)}
              >
                {name}
              </a>
              <span class="flex items-center gap-x-3 text-sm text-base-content/75">
                {dueDate !== null && (
                  <span>
                    Due <DayText day={new Date(dueDate)} />
                  </span>
                )}
                <StatusBadge status={status} />
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="text-base-content/75">No projects yet.</p>
      )}
      {hasPermission(role, "project:create") && (
        <a class="btn btn-outline mt-4 text-base" href={`${projectPath(organization)}#create`}>
          New project
        </a>
      )}
    </Card>
  ),
});
