import type { Feature, PageContext } from "../tenancy/feature.ts";
import { joiningPages } from "./pages.tsx";

export const joining: Feature<PageContext> = {
  people: [{ label: "Joining", path: "/joining", permission: "organization:update" }],
  build: (context) => ({ routes: ({ waysToJoin }) => joiningPages(context, waysToJoin) }),
};
