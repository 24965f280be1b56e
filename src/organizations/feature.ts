import type { Feature, PageContext } from "../tenancy/feature.ts";
import { purgeDeletedOrganizations } from "./deletion.ts";
import { type InStep, organizationPages } from "./pages.tsx";
import { settingsPages } from "./settings-pages.tsx";

export const organizations: Feature<PageContext & InStep> = {
  tasks: [purgeDeletedOrganizations],
  firstSteps: [
    {
      label: "Name the organization",
      path: "/settings",
      permission: "organization:update",
      isDone: "true",
    },
  ],
  build: (context) => ({
    routes: (shared) => [...organizationPages(context, shared), ...settingsPages(context)],
  }),
};
