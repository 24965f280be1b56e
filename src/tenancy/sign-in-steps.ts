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

/** A sign-in that Logto confirmed: the session exists, and the browser does not have it yet. */
type SignedInAtLogto = {
  sessionId: string;
  userId: string;
  /** The same person has confirmed their identity, and continues the session that they had. */
  isContinued: boolean;
  /** A path of ours. */
  returnTo: string;
  /** The sign-in was to go straight to this social provider. */
  socialProvider: string | null;
};

/** Sends the browser to another service that has to confirm the person; null if none has to. */
export type ConfirmSignIn = (ctx: RouteContext, signedIn: SignedInAtLogto) => Promise<Reply | null>;

/** Runs after every confirmation, before the person who signed in sees the first page. */
export type BeforeFirstPage = (user: { id: string }, request: RequestOrigin) => Promise<void>;

/**
 * Gives the browser its session, and runs the work of features. A failure of that work does not stop the sign-in.
 *
 * @throws as `requireUndisputed`
 */
export type FinishSignIn = (
  ctx: RouteContext,
  signedIn: Pick<SignedInAtLogto, "sessionId" | "userId" | "returnTo">,
) => Promise<void>;
