import type { Feature, PageContext } from "../tenancy/feature.ts";
import { projectPages } from "./pages.tsx";

export const projects: Feature<PageContext> = {
  menu: [{ label: "Projects", path: "/projects", permission: "project:read" }],
  build: (context) => ({ routes: () => projectPages(context) }),
};
