import type { Member } from "../tenancy/actor.ts";
import { requireRow } from "../tenancy/change-as.ts";
import { route } from "../tenancy/route.ts";
import type { Project } from "../database/generated/client.ts";
import { groupByField, type Issue } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import type { FilledForm } from "../views/form.tsx";
import { fillForm } from "./form-view.tsx";
import { ProjectsPage } from "./list-view.tsx";
import {
  archiveProject,
  changeProject,
  createProject,
  deleteProject,
  pageOfProjects,
  readProject,
  readProjects,
  type ShownProject,
} from "./project.ts";
import {
  changeQuery,
  projectBody,
  projectParams,
  type ProjectsQuery,
  projectsQuery,
} from "./schema.ts";
import { ProjectPage, projectPath } from "./views.tsx";

/** Declares the pages of an organization's projects. */
export function projectPages({ database, organizationPage }: PageContext) {
  const list = route({
    method: "GET",
    path: "/o/:slug/projects",
    access: "project:read",
    params: organizationParams,
    query: projectsQuery,
    statuses: [200],
    read: ({ query }) => readProjects(query),
    handler: async ({ actor, query, rows }) => showList(actor, query, rows),
  });

  const create = route({
    method: "POST",
    path: "/o/:slug/projects",
    access: "project:create",
    params: organizationParams,
    body: projectBody,
    statuses: [303],
    async handler({ actor, body }) {
      const id = await createProject(database, actor, body);
      return seeOther(projectPath(actor.organization, id), { notice: "The project was created." });
    },
    invalid: ({ actor, values, issues }) => showNewest(actor, { form: readForm(values, issues) }),
  });

  const show = route({
    method: "GET",
    path: "/o/:slug/projects/:projectId",
    access: "project:read",
    params: projectParams,
    statuses: [200],
    read: ({ params }) => readProject(params.projectId),
    handler: async ({ actor, rows }) => showOne(actor, rows),
  });

  const change = route({
    method: "POST",
    path: "/o/:slug/projects/:projectId",
    access: "project:update",
    params: projectParams,
    query: changeQuery,
    body: projectBody,
    statuses: [303, 409],
    read: ({ params }) => readProject(params.projectId),
    async handler({ actor, params, query: { version }, body, rows }) {
      const id = params.projectId;
      const outcome = await changeProject(database, actor, { id, rows }, { ...body, version });
      if (outcome !== "outdated") {
        return seeOther(projectPath(actor.organization, id), { notice: notices[outcome] });
      }
      // The form gets the present version: a person who saves again has seen what the project is now.
      const present = await database.readOrganization<ShownProject>(
        actor.organization.id,
        readProject(id),
      );
      return showOne(actor, present, {
        form: { ...fillForm(body), errors: { "": [outdated] } },
        status: 409,
      });
    },
    invalid: async ({ actor, query: { version }, values, issues, rows }) =>
      showOne(actor, rows, { form: readForm(values, issues), version }),
  });

  const archiving = [
    { path: "archive", isArchived: true, notice: "The project was archived." },
    { path: "restoration", isArchived: false, notice: "The project was restored." },
  ].map(({ path, isArchived, notice }) =>
    route({
      method: "POST",
      path: `/o/:slug/projects/:projectId/${path}`,
      access: "project:archive",
      params: projectParams,
      statuses: [303],
      read: ({ params }) => readProject(params.projectId),
      async handler({ actor, params: { projectId: id }, rows }) {
        await archiveProject(database, actor, { id, rows }, { isArchived });
        return seeOther(projectPath(actor.organization, id), { notice });
      },
    }),
  );

  const remove = route({
    method: "POST",
    path: "/o/:slug/projects/:projectId/deletion",
    access: "project:delete",
    params: projectParams,
    statuses: [303],
    read: ({ params }) => readProject(params.projectId),
    async handler({ actor, params: { projectId: id }, rows }) {
      await deleteProject(database, actor, { id, rows });
      return seeOther(projectPath(actor.organization), { notice: "The project was deleted." });
    },
  });

  async function showNewest(actor: Member, shown: Shown) {
    const query: ProjectsQuery = { sort: "newest" };
    const { organization } = actor;
    const rows = await database.readOrganization<Project>(organization.id, readProjects(query));
    return showList(actor, query, rows, shown);
  }

  function showList(actor: Member, query: ProjectsQuery, rows: Project[], shown: Shown = {}) {
    const { projects, next } = pageOfProjects(rows);
    return organizationPage(
      actor,
      describePage("Projects", shown),
      <ProjectsPage
        actor={actor}
        projects={projects}
        query={query}
        next={next}
        form={shown.form ?? { values: {}, errors: {} }}
      />,
    );
  }

  function showOne(actor: Member, rows: ShownProject[], shown: Shown = {}) {
    const project = requireRow(rows);
    return organizationPage(
      actor,
      describePage(project.name, shown),
      <ProjectPage
        actor={actor}
        project={project}
        form={shown.form ?? fillForm(project)}
        version={shown.version}
      />,
    );
  }

  return [list, create, show, change, ...archiving, remove];
}

/** The page of a form that failed shows the form again, with its faults. */
type Shown = { form?: FilledForm; version?: string | undefined; status?: number };

const notices = {
  changed: "Your changes were saved.",
  unchanged: "Nothing was changed: the project is like that already.",
};

const outdated =
  "This project has changed since you opened it. “Details” shows what it is now. Nothing was saved; save again to replace it.";

function describePage(title: string, { form, status = form ? 422 : 200 }: Shown) {
  return { title, section: "Projects", status };
}

function readForm(values: Readonly<Record<string, unknown>>, issues: readonly Issue[]): FilledForm {
  return { values, errors: groupByField(issues) };
}
