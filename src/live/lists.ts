import type { Permission } from "../access/roles.ts";

/** The lists that follow changes, each by its path behind `/o/:slug`, with the permission to read it. */
export const lists = {
  members: "member:read",
  invitations: "invitation:read",
  "join-requests": "join-request:read",
} as const satisfies Record<string, Permission>;
