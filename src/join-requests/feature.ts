import type { Feature, PageContext } from "../tenancy/feature.ts";
import { requestMail } from "./mail.ts";
import { findOwnRequests } from "./own-requests.ts";
import { joinRequestPages } from "./pages.tsx";
import { pendingRequests } from "./request-list.ts";

export const joinRequests: Feature<PageContext> = {
  jobs: [requestMail],
  people: [
    {
      label: "Requests",
      path: "/join-requests",
      permission: "join-request:read",
      waiting: pendingRequests,
    },
  ],
  build: (context) => ({
    joinOptions: findOwnRequests(context.database),
    routes: ({ joinOrigins }) => joinRequestPages(context, joinOrigins),
  }),
};
