import type { Member } from "../auth/actor.ts";
import { formAction } from "../auth/seen-as.ts";
import { longestName } from "../http/name-field.ts";
import { withQuery } from "../http/with-query.ts";
import { hasPermission } from "../memberships/roles.ts";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, FormAlert, type FormErrors, SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { organizationPath } from "../views/viewer.ts";

export type NameForm = { name: string; errors: FormErrors };

interface ProjectsPageProps {
  actor: Member;
  projects: readonly { id: string; name: string; createdAt: Date }[];
  isArchived: boolean;
  /** Where the next page begins, if there is one. */
  next: string | undefined;
  form: NameForm;
}

/** The address of all projects of an organization, or of one of them. */
export function projectPath({ slug }: { slug: string }, id?: string): string {
  return `${organizationPath(slug)}/projects${id === undefined ? "" : `/${id}`}`;
}

/** A list, and beside it the form that adds to it. */
export function ProjectsPage({ actor, projects, isArchived, next, form }: ProjectsPageProps) {
  const path = projectPath(actor.organization);
  const archived = isArchived ? "yes" : undefined;
  return (
    <>
      <PageHeading title={isArchived ? "Archived projects" : "Projects"}>
        <a class="link" href={isArchived ? path : `${path}?archived=yes`}>
          {isArchived ? "Show the active ones" : "Show archived ones"}
        </a>
      </PageHeading>
      <div class="grid items-start gap-8 lg:grid-cols-[1.7fr_1fr]">
        <div class="grid gap-4">
          {projects.length > 0 ? (
            <ul class="divide-y divide-base-300 overflow-hidden rounded-box border border-base-300 bg-base-100">
              {projects.map((project) => (
                <li
                  key={project.id}
                  class="relative flex items-center gap-4 px-4 py-4 hover:bg-base-content/4 sm:px-6"
                >
                  <div class="min-w-0 flex-1">
                    <a
                      class="break-name font-semibold after:absolute after:inset-0"
                      href={projectPath(actor.organization, project.id)}
                    >
                      {project.name}
                    </a>
                    <p class="mt-0.5 text-sm text-base-content/75">
                      <DateText date={project.createdAt} />
                    </p>
                  </div>
                  <Icon name="chevronRight" class="size-5 opacity-60 max-sm:hidden" />
                </li>
              ))}
            </ul>
          ) : (
            <EmptyState
              icon="circleInfo"
              title={isArchived ? "Nothing is archived" : "No projects yet"}
            >
              <p>What is here can be seen by everybody in {actor.organization.name}.</p>
            </EmptyState>
          )}
          {next !== undefined && (
            <a
              class="btn btn-outline justify-self-start text-base"
              href={withQuery(path, { archived, after: next })}
            >
              Older ones
            </a>
          )}
        </div>
        {hasPermission(actor.role, "project:create") && (
          <Card id="create" title="New project">
            <NameForm action={formAction(actor, "projects")} form={form} button="Create project" />
          </Card>
        )}
      </div>
    </>
  );
}

interface ProjectPageProps {
  actor: Member;
  project: {
    id: string;
    name: string;
    isArchived: boolean;
    createdAt: Date;
    createdBy: { name: string | null; username: string | null } | null;
  };
  form: NameForm;
}

/** One of them, and what the person reading may do with it. */
export function ProjectPage({ actor, project, form }: ProjectPageProps) {
  const { id, name, isArchived, createdAt, createdBy } = project;
  const creator = createdBy?.name ?? createdBy?.username ?? undefined;
  const action = (path: string) => formAction(actor, `projects/${id}/${path}`);
  return (
    <>
      <PageHeading title={name}>
        <p>
          Created on <DateText date={createdAt} />
          {creator !== undefined && ` by ${creator}`}
          {isArchived && ", archived"}
        </p>
      </PageHeading>
      <div class="grid max-w-2xl gap-6">
        {hasPermission(actor.role, "project:update") && (
          <Card id="rename" title="Rename">
            <NameForm action={action("name")} form={form} button="Rename" />
          </Card>
        )}
        {hasPermission(actor.role, "project:archive") && (
          <Card
            id="archive"
            title={isArchived ? "Restore" : "Archive"}
            description={
              isArchived
                ? "Puts it back among the others."
                : "Takes it off the list. It can be restored at any time."
            }
          >
            <form method="post" action={action(isArchived ? "restoration" : "archive")}>
              <SubmitButton tone="plain">
                {isArchived ? "Restore project" : "Archive project"}
              </SubmitButton>
            </form>
          </Card>
        )}
        {hasPermission(actor.role, "project:delete") && (
          <Card id="delete" title="Delete" description="For good: nothing brings it back.">
            <details>
              <summary class="btn btn-outline text-base max-sm:w-full">Delete project…</summary>
              <form class="mt-4" method="post" action={action("deletion")}>
                <SubmitButton tone="danger">Delete it for good</SubmitButton>
              </form>
            </details>
          </Card>
        )}
        <a class="link justify-self-start" href={projectPath(actor.organization)}>
          All projects
        </a>
      </div>
    </>
  );
}

function NameForm({ action, form, button }: { action: string; form: NameForm; button: string }) {
  return (
    <form class="grid gap-5" method="post" action={action}>
      <FormAlert errors={form.errors} fields={["name"]} />
      <Field
        name="name"
        label="Name"
        value={form.name}
        errors={form.errors["name"]}
        maxLength={longestName}
        required
      />
      <div>
        <SubmitButton>{button}</SubmitButton>
      </div>
    </form>
  );
}
