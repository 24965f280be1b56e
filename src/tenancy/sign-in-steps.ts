import type { Reply } from "../http/reply.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { RouteContext } from "../http/route.ts";
import type { AuthenticatedPerson } from "../identity/profile.ts";

/** Runs after a sign-in at Logto, with the claims that Logto sent. Its failure does not stop the sign-in. */
export type AfterSignIn = (
  user: { id: string },
  request: RequestOrigin,
  person: AuthenticatedPerson,
) => Promise<void>;

/** A sign-in that Logto has let through: the session is there, and the browser does not have it yet. */
type SignedInAtLogto = {
  sessionId: string;
  userId: string;
  /** The same person has confirmed who they are, and goes on from the session that they had. */
  isContinued: boolean;
  /** A path of ours. */
  returnTo: string;
  /** It was to go straight to that social provider. */
  socialProvider: string | null;
};

/** Sends the browser on to where else the person has to be confirmed; null where they need not be. */
export type ConfirmSignIn = (ctx: RouteContext, signedIn: SignedInAtLogto) => Promise<Reply | null>;

/** Runs once all that is to be known of somebody who signs in is known, before they see the first page. */
export type BeforeFirstPage = (user: { id: string }, request: RequestOrigin) => Promise<void>;

/**
 * Gives the browser its session, and lets features do their work; what fails of that keeps nobody out.
 *
 * @throws as `requireUndisputed`
 */
export type FinishSignIn = (
  ctx: RouteContext,
  signedIn: Pick<SignedInAtLogto, "sessionId" | "userId" | "returnTo">,
) => Promise<void>;
