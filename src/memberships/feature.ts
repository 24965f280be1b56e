import type { Feature, PageContext } from "../tenancy/feature.ts";
import { people } from "../tenancy/people.ts";
import { memberApi } from "./api.ts";
import { memberPages } from "./pages.tsx";

export const memberships: Feature<PageContext & { baseUrl: string }> = {
  menu: [{ label: people, path: "/members", permission: "member:read" }],
  people: [{ label: "Members", path: "/members", permission: "member:read" }],
  build: (context) => ({
    routes: () => [...memberPages(context), ...memberApi(context)],
  }),
};
