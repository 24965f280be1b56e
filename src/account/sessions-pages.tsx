import type { SignedIn } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import type { SignOutAtProvider } from "../auth/sign-out.ts";
import { describeViewer } from "../tenancy/viewer.ts";
import type { TenantDatabase } from "../database/database.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import { page, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { hashToken } from "../http/token.ts";
import { withQuery } from "../http/with-query.ts";
import {
  listOwnSessions,
  revokeOtherSessions,
  revokeOwnSession,
} from "../sessions/own-sessions.ts";
import { revokeSessionsOfUser } from "../sessions/revocation.ts";
import type { SessionLimits } from "../sessions/sessions.ts";
import { Layout } from "../views/layout.tsx";
import { accountError } from "./errors.ts";
import { sessionEndings } from "./limits.ts";
import { revocationBody, sessionParams, type SessionsNotice, sessionsQuery } from "./schema.ts";
import { SessionsPage, sessionsPath } from "./sessions-view.tsx";

type Dependencies = {
  database: TenantDatabase;
  sessionCookie: BrowserCookie;
  sessionLimits: SessionLimits;
  signOutAtProvider: SignOutAtProvider;
};

/** Where a person sees in which browsers they are signed in, and ends those sessions. */
export function accountSessionsPages(dependencies: Dependencies) {
  const { database, sessionCookie, sessionLimits, signOutAtProvider } = dependencies;

  const list = route({
    method: "GET",
    path: sessionsPath,
    access: "signed-in",
    query: sessionsQuery,
    statuses: [200],
    async handler({ actor, query: { notice } }, ctx) {
      const sessions = await database.forUser(actor.user.id, (tx) =>
        listOwnSessions(tx, describeAsker(actor, ctx), sessionLimits),
      );
      return page(
        <Layout
          title="Where you are signed in"
          viewer={describeViewer(actor)}
          flash={notice === undefined ? undefined : { kind: "success", message: notice }}
        >
          <SessionsPage actor={actor} sessions={sessions} />
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
      return show("ended");
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
        return show("others_ended");
      }
      await database.forUser(userId, (tx) => revokeSessionsOfUser(tx, userId, "ended_by_user"));
      sessionCookie.expire(ctx);
      return signOutAtProvider(ctx);
    },
  });

  /** Who asks, and with which session. */
  const describeAsker = ({ user }: SignedIn, ctx: RouteContext) => ({
    userId: user.id,
    idHash: hashToken(sessionCookie.read(ctx) ?? ""),
  });

  return [list, revokeOne, revokeSeveral];
}

const show = (notice: SessionsNotice) => seeOther(withQuery(sessionsPath, { notice }));
