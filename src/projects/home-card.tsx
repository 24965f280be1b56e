import type { Project } from "../database/generated/client.ts";
import { hasPermission } from "../access/roles.ts";
import { defineHomeCard } from "../tenancy/home-card.ts";
import { Card } from "../views/card.tsx";
import { DayText } from "../views/date-text.tsx";
import { StatusBadge } from "./fields-view.tsx";
import { projectPath } from "./views.tsx";

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
