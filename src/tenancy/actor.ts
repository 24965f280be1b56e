import type { RequestOrigin } from "../http/request-origin.ts";
import type { Permission } from "../access/roles.ts";
import type { CurrentMembership } from "../access/principal.ts";
import type { SessionAuthentication } from "../sessions/load-session.ts";

/** A person who is signed in. */
export type SignedIn = Omit<SessionAuthentication, "membership"> & { request: RequestOrigin };

/** A person who is signed in, inside an organization they belong to. */
export type Member = SignedIn &
  Pick<CurrentMembership, "organization" | "role"> & {
    /** The permissions that a token was issued for, beyond which the role counts for nothing; a session has no such limit. */
    scopes?: ReadonlySet<string>;
  };

/**
 * The kinds of access a route may declare, and what each tells its handler about who asks:
 * - `public`: anybody; nobody looks who it is
 * - `visitor`: anybody; whoever is signed in is known
 * - `signed-in`: whoever is signed in
 * - a permission: members of the organization in the URL whose role includes it
 */
export type Actors = { public: null; visitor: SignedIn | null; "signed-in": SignedIn } & Record<
  Permission,
  Member
>;
