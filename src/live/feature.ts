import type { Feature } from "../tenancy/feature.ts";
import { type LiveContext, liveRoutes } from "./pages.ts";

export const live: Feature<LiveContext> = {
  build: (context) => ({ routes: () => liveRoutes(context) }),
};
