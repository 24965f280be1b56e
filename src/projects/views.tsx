import type { ComponentChildren } from "preact";

import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { withQuery } from "../http/with-query.ts";
import { hasPermission } from "../access/roles.ts";
import { cleanName } from "../http/visible-text.ts";
import { Card } from "../views/card.tsx";
import { RelativeTime } from "../views/date-text.tsx";
import { type FilledForm, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { listFacts } from "./fields-view.tsx";
import { ProjectForm } from "./form-view.tsx";
import type { ShownProject } from "./project.ts";
import { versionOf } from "./schema.ts";

/** The address of the projects of an organization, or of one project. */
export function projectPath({ slug }: { slug: string }, id?: string): string {
  return `${organizationPath(slug)}/projects${id === undefined ? "" : `/${id}`}`;
}

interface ProjectPageProps {
  actor: Member;
  project: ShownProject;
  form: FilledForm;
  /** The version of the project that the form was filled with, where it is an older one. */
  version?: string | undefined;
}

/** The page of one project, with the forms that the reader may use. */
export function ProjectPage({ actor, project, form, version }: ProjectPageProps) {
  const action = formAction(actor, `projects/${project.id}`);
  const mayUpdate = hasPermission(actor.role, "project:update");
  return (
    <>
      <PageHeading title={project.name}>
        <a class="link" href={projectPath(actor.organization)}>
          All projects
        </a>
      </PageHeading>
      <div class={`grid items-start gap-6 ${mayUpdate ? "lg:grid-cols-[1.7fr_1fr]" : "max-w-2xl"}`}>
        {mayUpdate && (
          <Card id="edit" title="Edit">
            <ProjectForm
              action={withQuery(action, { version: version ?? versionOf(project) })}
              form={form}
              button="Save changes"
            />
          </Card>
        )}
        <div class="grid gap-6">
          <Facts project={project} />
          <Acts actor={actor} project={project} />
        </div>
      </div>
    </>
  );
}

function Facts({ project }: { project: ShownProject }) {
  const { createdAt, updatedAt, createdBy, isArchived } = project;
  const creator = cleanName(createdBy?.name ?? createdBy?.username ?? "") ?? undefined;
  return (
    <Card id="details" title="Details">
      <dl class="grid grid-cols-[auto_1fr] gap-x-6 gap-y-3 [&_dt]:text-base-content/75">
        {listFacts(project).map(({ label, content }) => (
          <Fact key={label} label={label}>
            {content}
          </Fact>
        ))}
        {isArchived && <Fact label="Archived">Yes</Fact>}
        {creator !== undefined && <Fact label="Created by">{creator}</Fact>}
        <Fact label="Created">
          <p class="first-letter:uppercase">
            <RelativeTime date={createdAt} />
          </p>
        </Fact>
        <Fact label="Last changed">
          <p class="first-letter:uppercase">
            <RelativeTime date={updatedAt} />
          </p>
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{label}</dt>
      <dd class="break-name whitespace-pre-wrap">{children}</dd>
    </>
  );
}

function Acts({ actor, project }: { actor: Member; project: ShownProject }) {
  const { id, isArchived } = project;
  const action = (path: string) => formAction(actor, `projects/${id}/${path}`);
  return (
    <>
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
    </>
  );
}
