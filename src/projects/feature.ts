import type { Feature, PageContext } from "../tenancy/feature.ts";
import { projectsCard } from "./list-view.tsx";
import { projectPages } from "./pages.tsx";

export const projects: Feature<PageContext> = {
  menu: [{ label: "Projects", path: "/projects", permission: "project:read" }],
  homeCards: [projectsCard],
  firstSteps: [
    {
      label: "Create the first project",
      path: "/projects#create",
      permission: "project:create",
      isDone: "exists (select from projects where organization_id = current_organization_id())",
    },
  ],
  build: (context) => ({ routes: () => projectPages(context) }),
};
