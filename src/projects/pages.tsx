import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { groupByField, type Issue } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import { withQuery } from "../http/with-query.ts";
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
  listProjects,
  readProject,
} from "./project.ts";
import {
  changeQuery,
  type Notice,
  projectBody,
  projectParams,
  projectQuery,
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
    handler: ({ actor, query: { notice, ...query } }) => showList(actor, query, { notice }),
  });

  const create = route({
    method: "POST",
    path: "/o/:slug/projects",
    access: "project:create",
    params: organizationParams,
    body: projectBody,
    statuses: [303],
    async handler({ actor, body }) {
      return goTo(actor, "created", await createProject(database, actor, body));
    },
    invalid: ({ actor, values, issues }) =>
      showList(actor, { sort: "newest" }, { form: readForm(values, issues) }),
  });

  const show = route({
    method: "GET",
    path: "/o/:slug/projects/:projectId",
    access: "project:read",
    params: projectParams,
    query: projectQuery,
    statuses: [200],
    handler: ({ actor, params, query }) => showOne(actor, params.projectId, query),
  });

  const change = route({
    method: "POST",
    path: "/o/:slug/projects/:projectId",
    access: "project:update",
    params: projectParams,
    query: changeQuery,
    body: projectBody,
    statuses: [303, 409],
    async handler({ actor, params, query: { version }, body }) {
      const id = params.projectId;
      const outcome = await changeProject(database, actor, { ...body, id }, version);
      if (outcome !== "outdated") return goTo(actor, outcome, id);
      // The form gets the present version: a person who saves again has seen what the project is now.
      return showOne(actor, id, {
        form: { ...fillForm(body), errors: { "": [outdated] } },
        status: 409,
      });
    },
    invalid: ({ actor, params, query: { version }, values, issues }) =>
      showOne(actor, params.projectId, { form: readForm(values, issues), version }),
  });

  const archive = route({
    method: "POST",
    path: "/o/:slug/projects/:projectId/archive",
    access: "project:archive",
    params: projectParams,
    statuses: [303],
    async handler({ actor, params }) {
      await archiveProject(database, actor, { id: params.projectId, isArchived: true });
      return goTo(actor, "archived", params.projectId);
    },
  });

  const restore = route({
    method: "POST",
    path: "/o/:slug/projects/:projectId/restoration",
    access: "project:archive",
    params: projectParams,
    statuses: [303],
    async handler({ actor, params }) {
      await archiveProject(database, actor, { id: params.projectId, isArchived: false });
      return goTo(actor, "restored", params.projectId);
    },
  });

  const remove = route({
    method: "POST",
    path: "/o/:slug/projects/:projectId/deletion",
    access: "project:delete",
    params: projectParams,
    statuses: [303],
    async handler({ actor, params }) {
      await deleteProject(database, actor, { id: params.projectId });
      return goTo(actor, "deleted");
    },
  });

  async function showList(actor: Member, query: ProjectsQuery, shown: Shown) {
    const organizationId = actor.organization.id;
    const isArchived = query.archived === "yes";
    const { projects, next } = await database.forOrganization(organizationId, (tx) =>
      listProjects(tx, { ...query, organizationId, isArchived }),
    );
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

  async function showOne(actor: Member, id: string, shown: Shown) {
    const organizationId = actor.organization.id;
    const project = await database.forOrganization(organizationId, (tx) =>
      readProject(tx, { organizationId, id }),
    );
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

  return [list, create, show, change, archive, restore, remove];
}

/** The page after a form shows a notice, or the form again with its faults. */
type Shown = {
  notice?: string | undefined;
  form?: FilledForm;
  version?: string | undefined;
  status?: number;
};

const outdated =
  "This project has changed since you opened it. “Details” shows what it is now. Nothing was saved; save again to replace it.";

function describePage(title: string, { notice, form, status = form ? 422 : 200 }: Shown) {
  return { title, section: "Projects", notice, status };
}

function readForm(values: Readonly<Record<string, unknown>>, issues: readonly Issue[]): FilledForm {
  return { values, errors: groupByField(issues) };
}

function goTo(actor: Member, notice: Notice, id?: string) {
  return seeOther(withQuery(projectPath(actor.organization, id), { notice }));
}
