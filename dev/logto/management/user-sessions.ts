import type Router from "@koa/router";
import type { Database } from "../store/database.ts";
import { deleteSession, listSessions, type Session } from "../people/sessions.ts";
import { findUser } from "../people/users.ts";
import { notFound } from "./errors.ts";
import { idOf, orNotFound } from "./user-answers.ts";

const sessions = "/api/users/:userId/sessions";

/** Ending a session so sends no back-channel logout: the application learns nothing of it. */
export function addUserSessionRoutes(router: Router, sql: Database): void {
  router.get(sessions, async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    ctx.body = { sessions: (await listSessions(sql, user.id)).map(presentSession) };
  });

  router.delete(`${sessions}/:sessionId`, async (ctx) => {
    const user = orNotFound(await findUser(sql, idOf(ctx)));
    const session = (await listSessions(sql, user.id)).find(
      ({ payload }) => payload.uid === ctx.params["sessionId"],
    );
    if (!session) throw notFound();
    const andGrants = ctx.query["revokeGrantsTarget"] === "all";
    await sql.begin((transaction) => deleteSession(transaction, session, { andGrants }));
    ctx.status = 204;
  });
}

function presentSession({ payload, expiresAt }: Session) {
  const [clientId = null] = Object.keys(payload.authorizations ?? {});
  return {
    payload,
    // Logto also tells how somebody signed in; the stand-in keeps no record of that.
    lastSubmission: null,
    clientId,
    accountId: payload.accountId,
    expiresAt: expiresAt.getTime(),
  };
}
