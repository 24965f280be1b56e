import type { VNode } from "preact";

import { fillForm } from "../../src/projects/form-view.tsx";
import { projectsCard, ProjectsPage } from "../../src/projects/list-view.tsx";
import { ProjectPage } from "../../src/projects/views.tsx";
import { faces, showHome } from "./home-samples.tsx";
import { createdAt, longName, owner, reader, showSection } from "./samples.tsx";

const project = {
  organizationId: "acme",
  id: "project-1",
  name: "Gripper mark II",
  status: "active" as const,
  dueDate: new Date("2026-12-31"),
  isArchived: false,
  createdById: "member-0",
  createdAt,
  updatedAt: createdAt,
};
const blank = { values: {}, errors: {} };

/** The pages of the feature, as people may see them. */
export const projectGallery: Readonly<Record<string, VNode>> = {
  projects: showSection(
    "Projects",
    <ProjectsPage
      actor={owner}
      projects={[
        project,
        { ...project, id: "project-2", name: longName, status: "paused", dueDate: null },
        { ...project, id: "project-3", name: "Arm", status: "done" },
      ]}
      query={{ sort: "due-date", status: undefined }}
      next={{ id: "project-3", name: "Arm", dueDate: null }}
      form={{
        values: { name: "", status: "planned", dueDate: "soon" },
        errors: {
          name: ["Please enter a name."],
          dueDate: ["Please enter a date, such as 2030-01-31."],
          priority: ["The form contains an unknown field: priority."],
        },
      }}
    />,
  ),
  "projects-at-home": showSection(
    "Home",
    showHome(owner, {
      people: faces(1, "Ada"),
      card: [
        projectsCard,
        [
          { id: "project-1", name: "Gripper mark II", status: "active", dueDate: "2026-12-31" },
          { id: "project-2", name: longName, status: "planned", dueDate: null },
        ],
      ],
    }),
  ),
  "projects-none": showSection(
    "Projects",
    <ProjectsPage
      actor={reader}
      projects={[]}
      query={{ sort: "newest", archived: "yes" }}
      next={undefined}
      form={blank}
    />,
  ),
  project: showSection(
    "Projects",
    <ProjectPage
      actor={owner}
      project={{
        ...project,
        isArchived: true,
        rowVersion: "1",
        createdBy: { name: null, username: "ada" },
      }}
      form={fillForm(project)}
    />,
  ),
  "project-of-viewer": showSection(
    "Projects",
    <ProjectPage
      actor={reader}
      project={{ ...project, dueDate: null, name: longName, rowVersion: "1", createdBy: null }}
      form={fillForm(project)}
    />,
  ),
};
