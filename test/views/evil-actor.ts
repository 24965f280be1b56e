import type { Member } from "../../src/tenancy/actor.ts";
import { evil, organization } from "./evil.ts";

/** Someone who acts, with markup in all that is known of them. */
export const evilActor: Member = {
  user: {
    id: evil,
    name: evil,
    username: evil,
    email: evil,
    emailVerified: false,
    avatarUrl: evil,
  },
  organizations: [organization],
  lastOrganizationSlug: null,
  timeZone: null,
  authenticationAge: null,
  request: { id: evil, ip: evil, userAgent: evil },
  organization: { ...organization, id: evil },
  role: "admin",
};
