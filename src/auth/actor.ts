import type { Permission, Role } from "../memberships/roles.ts";
import type { Authentication } from "../sessions/sessions.ts";

/** A person who is signed in. */
export type Viewer = {
  user: Authentication["user"];
  session: { createdAt: Date };
  /** Theirs, for the switcher. */
  organizations: Authentication["organizations"];
  /** Where they were last; known only outside of any organization. */
  lastOrganizationSlug: string | null;
};

/** A person who is signed in, inside an organization they belong to. */
type Member = Viewer & {
  organization: { id: string; slug: string; name: string };
  role: Role;
};

/**
 * The kinds of access a route may declare, and what each tells its handler about who asks:
 * - `public`: anybody; nobody looks who it is
 * - `visitor`: anybody; whoever is signed in is known
 * - `signed-in`: whoever is signed in
 * - a permission: members of the organization in the URL whose role includes it
 */
export type Actors = { public: null; visitor: Viewer | null; "signed-in": Viewer } & Record<
  Permission,
  Member
>;
