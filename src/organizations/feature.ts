import type { Feature, PageContext } from "../tenancy/feature.ts";
import { purgeDeletedOrganizations } from "./deletion.ts";
import { type InStep, organizationPages } from "./pages.tsx";
import { settingsPages } from "./settings-pages.tsx";

export const organizations: Feature<PageContext & InStep> = {
  tasks: [purgeDeletedOrganizations],
  build: (context) => ({
    routes: (shared) => [...organizationPages(context, shared), ...settingsPages(context)],
  }),
};
