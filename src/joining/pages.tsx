import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import { route } from "../tenancy/route.ts";
import { readOpenWays, type WayToJoin } from "../tenancy/way-to-join.ts";
import { JoiningPage } from "./views.tsx";

/** The page that shows every way to join an organization. */
export function joiningPages({ organizationPage }: PageContext, ways: readonly WayToJoin[]) {
  const openWays = readOpenWays(ways);
  return [
    route({
      method: "GET",
      path: "/o/:slug/joining",
      section: people,
      access: "organization:update",
      params: organizationParams,
      statuses: [200],
      read: () => openWays,
      handler: async ({ actor, rows }) =>
        organizationPage(
          actor,
          { title: "Joining", section: "Joining" },
          <JoiningPage actor={actor} ways={ways} open={rows} />,
        ),
    }),
  ];
}
