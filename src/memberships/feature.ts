import type { Feature, PageContext } from "../tenancy/feature.ts";
import { memberApi } from "./api.ts";
import { peopleCard } from "./home-card.tsx";
import { memberPages } from "./pages.tsx";

export const memberships: Feature<PageContext> = {
  menu: [{ label: "Members", path: "/members", permission: "member:read" }],
  homeCards: [peopleCard],
  build: (context) => ({
    routes: () => [...memberPages(context), ...memberApi(context.database)],
  }),
};
