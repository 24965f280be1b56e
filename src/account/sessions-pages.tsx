import type { SignedIn } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import type { SignOutAtProvider } from "../auth/sign-out.ts";
import { describeViewer } from "../tenancy/describe-viewer.ts";
import type { TenantDatabase } from "../database/database.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import { page, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { hashToken } from "../http/token.ts";
import {
  listOwnSessions,
  revokeOtherSessions,
  revokeOwnSession,
} from "../sessions/own-sessions.ts";
import { revokeSessionsOfUser } from "../sessions/revocation.ts";
import type { SessionLimits } from "../sessions/sessions.ts";
import { Layout } from "../views/layout.tsx";
import { readTimeZone } from "./account.ts";
import { accountError } from "./errors.ts";
import { sessionEndings } from "./limits.ts";
import { revocationBody, sessionParams } from "./schema.ts";
import { SessionsPage, sessionsPath } from "./sessions-view.tsx";

export type AccountSessionsDependencies = {
  database: TenantDatabase;
  sessionCookie: BrowserCookie;
  sessionLimits: SessionLimits;
  signOutAtProvider: SignOutAtProvider;
};

/** Where a person sees in which browsers they are signed in, and ends those sessions. */
export function accountSessionsPages(dependencies: AccountSessionsDependencies) {
  const { database, sessionCookie, sessionLimits, signOutAtProvider } = dependencies;

  const list = route({
    method: "GET",
    path: sessionsPath,
    access: "signed-in",
    statuses: [200],
    async handler({ actor }, ctx) {
      const { sessions, timeZone } = await database.forUser(actor.user.id, async (tx) => ({
        sessions: await listOwnSessions(tx, describeAsker(actor, ctx), sessionLimits),
        timeZone: await readTimeZone(tx, actor.user.id),
      }));
      return page(
        <Layout title="Where you are signed in" viewer={describeViewer(actor)}>
          <SessionsPage actor={actor} sessions={sessions} timeZone={timeZone} />
        </Layout>,
      );
    },
  });

  const revokeOne = route({
    method: "POST",
    path: `${sessionsPath}/:sessionId/revocation`,
    access: "signed-in",
    params: sessionParams,
    query: accountQuery,
    limits: [sessionEndings],
    statuses: [303],
    async handler({ actor, params, query }) {
      requireSameAccount(actor, query, sessionsPath);
      const userId = actor.user.id;
      const isTheirs = await database.forUser(userId, (tx) =>
        revokeOwnSession(tx, { userId, publicId: params.sessionId }),
      );
      if (!isTheirs) throw accountError("account.no_such_session");
      return seeOther(sessionsPath, { notice: "That browser is signed out." });
    },
  });

  const revokeSeveral = route({
    method: "POST",
    path: `${sessionsPath}/revocation`,
    access: "signed-in",
    query: accountQuery,
    body: revocationBody,
    limits: [sessionEndings],
    statuses: [303],
    async handler({ actor, query, body }, ctx) {
      requireSameAccount(actor, query, sessionsPath);
      const userId = actor.user.id;
      if (body.which === "others") {
        await database.forUser(userId, (tx) => revokeOtherSessions(tx, describeAsker(actor, ctx)));
        return seeOther(sessionsPath, { notice: "All other browsers are signed out." });
      }
      await database.forUser(userId, (tx) => revokeSessionsOfUser(tx, userId, "ended_by_user"));
      sessionCookie.expire(ctx);
      return signOutAtProvider(ctx);
    },
  });

  const describeAsker = ({ user }: SignedIn, ctx: RouteContext) => ({
    userId: user.id,
    idHash: hashToken(sessionCookie.read(ctx) ?? ""),
  });

  return [list, revokeOne, revokeSeveral];
}
