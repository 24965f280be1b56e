import { z } from "zod";

import type { Database } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/faults.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import { loopbackHosts } from "../runtime/loopback.ts";
import { page, seeOther } from "../http/reply.ts";
import { describeOrigin } from "../http/request-origin.ts";
import { safeReturnTo } from "../http/return-to.ts";
import { revokePersistently } from "../sessions/revoke-persistently.ts";
import type { SessionLimits } from "../sessions/sessions.ts";
import { Layout } from "../views/layout.tsx";
import type { BeginSignIn, SignInCookies } from "./begin-sign-in.ts";
import { interruptedSignIn, lostSignIn, spentSignIn, translateOpenIdError } from "./errors.ts";
import type { AuthenticatedPerson, EnterpriseAccount } from "../identity/profile.ts";
import type { OpenIdClient } from "../relying-party/relying-party.ts";
import { isSignedOutByAnother } from "./reauthentication.ts";
import { route } from "../tenancy/route.ts";
import type { Shared } from "../tenancy/feature.ts";
import {
  abandonTransaction,
  claimTransaction,
  findFinishedTransaction,
  findReturnTo,
  takePending,
} from "./sign-in-transactions.ts";
import type { SignOutAtProvider } from "./sign-out.ts";
import { startSession } from "./start-session.ts";
import { SignOutPage } from "./views.tsx";

export type AuthDependencies = {
  unscoped: Database["unscoped"];
  openId: OpenIdClient;
  beginSignIn: BeginSignIn;
  signInCookies: SignInCookies;
  sessionCookie: BrowserCookie;
  sessionLimits: SessionLimits;
  signOutAtProvider: SignOutAtProvider;
  baseUrl: string;
  /** Finds the enterprises that sign a person in; undefined if we may not ask Logto. */
  findEnterprises: ((subject: string) => Promise<EnterpriseAccount[] | null>) | undefined;
};

const signInQuery = z
  .object({
    returnTo: z.string().optional(),
    with: z.literal("huggingface").optional(),
    sso: z
      .string()
      .regex(/^[\w-]{1,128}$/)
      .optional(),
    screen: z.literal("register").optional(),
    reauthenticate: z.literal("yes").optional(),
  })
  .refine(({ with: social, sso }) => social === undefined || sso === undefined);

/** This many tabs may be reloaded together. */
const mostResumed = 5;

/** The routes that start and end a session. */
export function authPages(
  dependencies: AuthDependencies,
  {
    afterSignIn,
    confirmSignIn,
    finishSignIn,
  }: Pick<Shared, "afterSignIn" | "confirmSignIn" | "finishSignIn">,
) {
  const {
    unscoped,
    openId,
    beginSignIn,
    signInCookies,
    sessionCookie,
    sessionLimits,
    signOutAtProvider,
    findEnterprises,
  } = dependencies;
  const base = new URL(dependencies.baseUrl);
  const {
    browser: browserCookie,
    password: passwordCookie,
    resumed: resumedCookie,
  } = signInCookies;

  async function listEnterprises({ subject, singleSignOn }: AuthenticatedPerson) {
    if (singleSignOn === null) return undefined;
    return singleSignOn.length === 0 ? [] : findEnterprises?.(subject);
  }

  const signIn = route({
    method: "GET",
    path: "/sign-in",
    access: "visitor",
    query: signInQuery,
    statuses: [303],
    hasEffects: true,
    async handler({ actor, query }, ctx) {
      if (isOtherLoopback(ctx.get("Host"), base)) {
        return seeOther(`${base.origin}/sign-in${ctx.search}`);
      }
      const { with: connector, sso, screen, reauthenticate } = query;
      return beginSignIn(ctx, {
        returnTo: safeReturnTo(query.returnTo),
        with: connector,
        sso,
        screen,
        ...(reauthenticate !== undefined && {
          isReauthentication: true,
          expectedUserId: actor?.user.id ?? null,
        }),
      });
    },
  });

  // Logto leads here from a sign-in page that has expired (`unknownSessionRedirectUrl`): it knows one sign-in of a browser
  // at a time, so the first of several tabs to finish ends the sign-ins of the others.
  const resume = route({
    method: "GET",
    path: "/sign-in/resume",
    access: "visitor",
    statuses: [303],
    hasEffects: true,
    async handler({ actor }, ctx) {
      const browser = browserCookie.read(ctx);
      const pending = browser ? await takePending(unscoped, browser) : null;
      const returnTo = pending?.returnTo ?? "/";
      if (actor) return seeOther(returnTo);
      // If the browser keeps no cookie of the provider, it would come here again and again.
      const times = Number(resumedCookie.read(ctx) ?? 0);
      if (times >= mostResumed) throw lostSignIn(returnTo);
      resumedCookie.write(ctx, String(times + 1));
      return beginSignIn(ctx, { ...pending, returnTo });
    },
  });

  const callback = route({
    method: "GET",
    path: "/callback",
    access: "public",
    statuses: [303],
    hasEffects: true,
    async handler(_input, ctx) {
      const searchParams = new URLSearchParams(ctx.querystring);
      const state = searchParams.get("state") ?? "";
      const browser = browserCookie.read(ctx) ?? "";
      const claimed = await claimTransaction(unscoped, { state, browser });
      if (!claimed) {
        const finished = await findFinishedTransaction(unscoped, { state, browser });
        if (!finished) throw spentSignIn(await findReturnTo(unscoped, state));
        return seeOther(finished.returnTo);
      }
      try {
        const person = await openId.completeSignIn({ searchParams, state, ...claimed });
        const { sessionId, userId, isContinued } = await startSession(unscoped, {
          state,
          transaction: claimed,
          person: { ...person, enterprises: await listEnterprises(person) },
          replaced: sessionCookie.read(ctx),
          limits: sessionLimits,
          client: { ip: ctx.ip, userAgent: ctx.get("User-Agent") },
        });
        if (passwordCookie.read(ctx)) passwordCookie.expire(ctx);
        for (const work of afterSignIn) {
          await work({ id: userId }, describeOrigin(ctx), person).catch((error: unknown) => {
            ctx.state.logger.warn({ err: error }, "work after a sign-in failed");
          });
        }
        const { returnTo, socialProvider } = claimed;
        const signedIn = { sessionId, userId, isContinued, returnTo, socialProvider };
        const detour = await confirmSignIn?.(ctx, signedIn);
        if (detour) return detour;
        await finishSignIn(ctx, signedIn);
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw interruptedSignIn(claimed.returnTo, error);
        await abandonTransaction(unscoped, state);
        // The provider would sign that other account in without asking.
        if (isSignedOutByAnother(error)) passwordCookie.write(ctx, "yes");
        throw translateOpenIdError(error, claimed.returnTo) ?? error;
      }
      return seeOther(claimed.returnTo);
    },
  });

  const confirmSignOut = route({
    method: "GET",
    path: "/sign-out",
    access: "public",
    statuses: [200],
    async handler() {
      // Also without a session here: the identity provider may know the browser, as after the deletion of an account.
      return page(
        <Layout title="Sign out" viewer={undefined}>
          <SignOutPage />
        </Layout>,
      );
    },
  });

  const revoke = revokePersistently(unscoped);
  const signOut = route({
    method: "POST",
    path: "/sign-out",
    access: "public",
    statuses: [303],
    async handler(_input, ctx) {
      const sessionId = sessionCookie.read(ctx);
      // This browser forgets the session, whatever happens next.
      sessionCookie.expire(ctx);
      if (sessionId) await revoke(sessionId, "signed_out");
      return signOutAtProvider(ctx);
    },
  });

  return [signIn, resume, callback, confirmSignOut, signOut];
}

/**
 * On a laptop 127.0.0.1 and localhost are one place and two hosts: at the one that is not BASE_URL's, the
 * callback would not get this browser's cookie.
 */
function isOtherLoopback(host: string, base: URL): boolean {
  const hostname = host.replace(/:\d+$/, "");
  return (
    hostname !== base.hostname && [hostname, base.hostname].every((each) => loopbackHosts.has(each))
  );
}
