import type { Role } from "./roles.ts";

/** Tells a person in a sentence what their role lets them do. */
export const roleMeaning: Record<Role, string> = {
  owner: "You decide everything here, including who else is an owner and whether it exists at all.",
  admin: "You look after the people and the settings. Only owners are out of your reach.",
  member: "You work here: you can see and change what the organization makes.",
  viewer: "You can look at everything the organization shares, and change nothing.",
};
