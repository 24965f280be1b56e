import type { Role } from "./roles.ts";

/** Tells in a sentence what a role lets people do. */
export const roleMeaning: Record<Role, string> = {
  owner: "Owners have full access, including ownership and deletion.",
  admin: "Admins manage people and settings.",
  member: "Members can see and change the work that is shared here.",
  viewer: "Viewers can see what is shared here but cannot change it.",
};
