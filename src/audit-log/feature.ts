import type { Feature, PageContext } from "../tenancy/feature.ts";
import { activityCard } from "./home-card.tsx";
import { auditLogPages } from "./pages.tsx";

export const auditLog: Feature<PageContext> = {
  menu: [{ label: "Audit log", path: "/audit-log", permission: "audit-log:read" }],
  homeCards: [activityCard],
  build: (context) => ({ routes: () => auditLogPages(context) }),
};
