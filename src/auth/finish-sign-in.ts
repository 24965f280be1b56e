import type { PrismaClient } from "../database/generated/client.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import type { Reply } from "../http/reply.ts";
import { describeOrigin, type RequestOrigin } from "../http/request-origin.ts";
import type { RouteContext } from "../http/route.ts";
import { requireUndisputed, type UnlinkDisputed } from "./entry.ts";

/** A sign-in that Logto has finished: the session exists, and the browser does not have it yet. */
type SignedInAtLogto = {
  sessionId: string;
  userId: string;
  /** The same person has re-authenticated, and goes on from the session that they had. */
  isContinued: boolean;
  /** A path of ours. */
  returnTo: string;
  /** The social provider that the sign-in went straight to. */
  socialProvider: string | null;
};

/** Sends the browser on to a further confirmation of the person; null where none is needed. */
export type ConfirmSignIn = (ctx: RouteContext, signedIn: SignedInAtLogto) => Promise<Reply | null>;

/** Runs once everything about a person who signs in is known, before they see the first page. */
export type BeforeFirstPage = (user: { id: string }, request: RequestOrigin) => Promise<void>;

/**
 * Gives the browser its session, and runs the work of features; a failure of that does not stop the sign-in.
 *
 * @throws as `requireUndisputed`
 */
export type FinishSignIn = (
  ctx: RouteContext,
  signedIn: Pick<SignedInAtLogto, "sessionId" | "userId" | "returnTo">,
) => Promise<void>;

type FinishDependencies = {
  unscoped: PrismaClient;
  sessionCookie: BrowserCookie;
  /** Undefined where we may not change anything at Logto. */
  unlink: UnlinkDisputed | undefined;
};

export function finishSignInWith(
  { unscoped, sessionCookie, unlink }: FinishDependencies,
  beforeFirstPage: readonly BeforeFirstPage[],
): FinishSignIn {
  return async (ctx, signedIn) => {
    const { sessionId, userId } = signedIn;
    await requireUndisputed(unscoped, signedIn, unlink);
    sessionCookie.write(ctx, sessionId);
    for (const work of beforeFirstPage) {
      await work({ id: userId }, describeOrigin(ctx)).catch((error: unknown) => {
        ctx.state.logger.warn({ err: error }, "work after a sign-in failed");
      });
    }
  };
}
