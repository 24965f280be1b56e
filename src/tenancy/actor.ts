import type { Membership } from "../access/membership.ts";
import type { Permission } from "../access/roles.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { SessionAuthentication } from "../sessions/load-session.ts";

/** How much waits behind the tabs of a section, by the paths of the tabs. */
export type Counts = Readonly<Record<string, number>>;

/** A person who is signed in. */
export type SignedIn = Omit<SessionAuthentication, "membership"> & { request: RequestOrigin };

/** A principal who is signed in, in an organization they belong to. */
export type Member = SignedIn &
  Pick<Membership, "organization" | "role"> & {
    /** The permissions that the access token grants: the role gives no more. A session has no such limit. */
    scopes?: ReadonlySet<string>;
    /** How much waits behind each tab of the section that the page belongs to. */
    counts?: Counts;
  };

/**
 * The kinds of access a route may declare, and the actor that its handler gets:
 * - `public`: anyone; the application does not look who asks
 * - `visitor`: anyone; the actor is null unless they are signed in
 * - `signed-in`: anyone who is signed in
 * - a permission: members of the organization in the URL whose role includes it
 */
export type Actors = { public: null; visitor: SignedIn | null; "signed-in": SignedIn } & Record<
  Permission,
  Member
>;
