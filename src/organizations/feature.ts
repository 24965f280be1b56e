import type { Feature, PageContext } from "../tenancy/feature.ts";
import { type InStep, organizationPages } from "./pages.tsx";
import { settingsPages } from "./settings-pages.tsx";

export const organizations: Feature<PageContext & InStep> = {
  build: (context) => ({
    routes: (shared) => [
      ...organizationPages(context, shared),
      ...settingsPages(context, shared.settings),
    ],
  }),
};
