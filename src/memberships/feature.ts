import type { Feature, PageContext } from "../tenancy/feature.ts";
import { memberApi } from "./api.ts";
import { memberPages } from "./pages.tsx";

export const memberships: Feature<PageContext & { baseUrl: string }> = {
  menu: [{ label: "Members", path: "/members", permission: "member:read" }],
  build: (context) => ({
    routes: () => [...memberPages(context), ...memberApi(context)],
  }),
};
