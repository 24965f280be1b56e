import type { Feature, PageContext } from "../tenancy/feature.ts";
import { people } from "../tenancy/people.ts";
import { memberApi } from "./api.ts";
import { peopleCard } from "./home-card.tsx";
import { memberPages } from "./pages.tsx";

export const memberships: Feature<PageContext & { baseUrl: string }> = {
  menu: [{ label: people, path: "/members", permission: "member:read" }],
  people: [{ label: "Members", path: "/members", permission: "member:read" }],
  homeCards: [peopleCard],
  build: (context) => ({
    routes: () => [...memberPages(context), ...memberApi(context)],
  }),
};
