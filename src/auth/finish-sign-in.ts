import type { PrismaClient } from "../database/generated/client.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import { describeOrigin } from "../http/request-origin.ts";
import type { BeforeFirstPage, FinishSignIn } from "../tenancy/sign-in-steps.ts";
import { requireUndisputed, type UnlinkDisputed } from "./disputed-account.ts";

type FinishDependencies = {
  unscoped: PrismaClient;
  sessionCookie: BrowserCookie;
  /** Undefined if we may not change anything at Logto. */
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
