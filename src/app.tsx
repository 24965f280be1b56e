import { fileURLToPath } from "node:url";

import Keygrip from "keygrip";
import Koa from "koa";
import type { Logger } from "pino";

import { accountDeletionPages } from "./account/deletion-pages.tsx";
import { accountPages } from "./account/pages.tsx";
import { accountSessionsPages } from "./account/sessions-pages.tsx";
import { auditLogPages } from "./audit-log/pages.tsx";
import type { Actors } from "./tenancy/actor.ts";
import { authenticateTokenWith } from "./tenancy/authenticate-token.ts";
import { authorizeWith } from "./tenancy/authorize.ts";
import { countLimitsWith } from "./auth/count-limits.ts";
import { backChannelLogout } from "./auth/back-channel-logout.ts";
import { defineSignInCookies, signInWith } from "./auth/begin-sign-in.ts";
import { translateOpenIdError } from "./auth/errors.ts";
import { finishSignInWith } from "./auth/finish-sign-in.ts";
import { guestWrites, signIns, signInsOfBrowser, writes } from "./auth/limits.ts";
import type { OpenIdClient } from "./relying-party/relying-party.ts";
import { issuerOf } from "./relying-party/discovery.ts";
import { authPages } from "./auth/pages.tsx";
import { createSignInMethods } from "./relying-party/sign-in-methods.ts";
import { signOutWith } from "./auth/sign-out.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database/database.ts";
import { isDatabaseUnavailable } from "./database/faults.ts";
import { renderFaultPage } from "./development/fault-page.tsx";
import { findDoorsByAddress, joinAfterSignIn } from "./email-domains/doors.ts";
import { emailDomainOrigin } from "./email-domains/joining.ts";
import { emailDomainPages } from "./email-domains/pages.tsx";
import { createTxtResolver, type ResolveTxt } from "./email-domains/txt-record.ts";
import { serveAssets } from "./http/assets.ts";
import { defineCookie } from "./http/cookie.ts";
import { refuseCrossSiteWrites } from "./http/csrf.ts";
import { catchErrors, refuseUnreadableTargets } from "./http/error-boundary.ts";
import { httpError } from "./http/errors.ts";
import { refuseSubresources } from "./http/fetch-metadata.ts";
import { readClientAddresses } from "./http/ip-address.ts";
import { allJobs } from "./all-jobs.ts";
import type { RateLimit } from "./http/limit.ts";
import { deleteUserAtLogto } from "./logto/delete-user.ts";
import { isInStep } from "./logto/in-step.ts";
import { limitEach } from "./http/rate-limit.ts";
import { logRequests } from "./http/request-id.ts";
import { reloadBrowsers } from "./http/reload-browsers.ts";
import type { Route } from "./http/route.ts";
import { serveRoutes } from "./http/router.ts";
import { setSecurityHeaders } from "./http/security-headers.ts";
import type { AppState } from "./http/state.ts";
import { invitationOrigin } from "./invitations/answer.ts";
import { findInvitationDoors, guestPages } from "./invitations/guest-pages.tsx";
import { invitationPages } from "./invitations/pages.tsx";
import type { JoinOrigin } from "./join-requests/join-request.ts";
import { findOwnRequests } from "./join-requests/own-requests.ts";
import { joinRequestPages } from "./join-requests/pages.tsx";
import { authorizationPages } from "./hugging-face/authorization-pages.tsx";
import { createConfirmations } from "./hugging-face/confirmation.ts";
import { findHuggingFaceDoors } from "./hugging-face/doors.ts";
import { followHuggingFace } from "./hugging-face/following.ts";
import { huggingFaceOrigin } from "./hugging-face/joining.ts";
import { huggingFaceJoiningPages } from "./hugging-face/joining-pages.ts";
import { createHuggingFaceOAuth } from "./hugging-face/oauth.ts";
import { huggingFacePages } from "./hugging-face/pages.tsx";
import { landingPages } from "./landing/pages.tsx";
import { findEnterprisesAt } from "./logto/enterprises.ts";
import { followClaims } from "./logto/follow-claims.ts";
import { createWebhookRefusals } from "./logto/webhook-refusals.ts";
import { webhookRoutes } from "./logto/webhook-routes.ts";
import { unlinkDisputed } from "./logto/unlink-disputed.ts";
import { memberApi } from "./memberships/api.ts";
import { memberPages } from "./memberships/pages.tsx";
import { healthRoutes } from "./operations/health.ts";
import { metricsRoutes } from "./operations/metrics.ts";
import { countRequestsWith } from "./organizations/count-requests.ts";
import { organizationPages } from "./organizations/pages.tsx";
import { settingsPages } from "./organizations/settings-pages.tsx";
import { projectPages } from "./projects/pages.tsx";
import { createSessions } from "./sessions/load-session.ts";
import { renderErrorPage } from "./views/error-document.tsx";

export type Dependencies = {
  config: Pick<
    Config,
    | "baseUrl"
    | "isSecure"
    | "transportSecurity"
    | "isDevelopment"
    | "metricsToken"
    | "server"
    | "organizations"
    | "sessions"
    | "logto"
    | "huggingFace"
  >;
  database: Database;
  openId: OpenIdClient;
  logger: Logger;
  isDraining(): boolean;
  /** Instead of those of src/auth/limits.ts. */
  signInLimit?: RateLimit;
  writeLimit?: RateLimit;
  /** More ways to ask to be let in, besides those of the features here. */
  joinOrigins?: readonly JoinOrigin[];
  /** Instead of the DNS as this machine knows it. */
  resolveTxt?: ResolveTxt;
};

const publicFolder = fileURLToPath(new URL("../public", import.meta.url));

/** Puts the application together: the whole middleware stack, in order, and every route. */
export function createApp(dependencies: Dependencies): {
  app: Koa<AppState>;
  routes: Route<Actors>[];
} {
  const { config, database, openId, logger, isDraining } = dependencies;
  const { unscoped } = database;
  const { isSecure, transportSecurity, sessions: sessionLimits } = config;
  const sessionCookie = defineCookie("session", { origin: config.baseUrl });

  const app = new Koa<AppState>();
  app.keys = new Keygrip(config.sessions.secrets, "sha256");
  app.on("error", (error: Error & { code?: string }) => {
    // A client may leave in the middle of a download; a request that cannot be parsed is the server's (http/server.ts).
    if (/^(ERR_STREAM_PREMATURE_CLOSE|ECONNRESET|EPIPE|HPE_.*)$/.test(error.code ?? "")) return;
    logger.error({ err: error }, "outside of a request");
  });

  const { requestsPerMinute } = config.organizations;
  const countRequest = requestsPerMinute > 0 ? countRequestsWith(requestsPerMinute) : undefined;
  const sessions = createSessions(app, { database, cookie: sessionCookie, limits: sessionLimits });
  const signInCookies = defineSignInCookies(config.baseUrl);
  const beginSignIn = signInWith({
    unscoped,
    openId,
    cookies: signInCookies,
    limits: {
      ofNetwork: { ...signIns, ...dependencies.signInLimit },
      ofBrowser: { ...signInsOfBrowser, ...dependencies.signInLimit },
    },
  });
  const signInMethods = createSignInMethods(config.logto);
  const signOutAtProvider = signOutWith({ openId, cookies: signInCookies });
  const origins: JoinOrigin[] = [
    invitationOrigin,
    emailDomainOrigin,
    huggingFaceOrigin,
    ...(dependencies.joinOrigins ?? []),
  ];
  const { endpoint, client } = config.huggingFace;
  const doors = [
    findInvitationDoors(database),
    findDoorsByAddress(database),
    findHuggingFaceDoors(database, { canAsk: client !== null }),
    findOwnRequests(database),
  ];
  const huggingFace =
    client && createHuggingFaceOAuth({ endpoint, client, baseUrl: config.baseUrl, logger });
  const webhookRefusals = createWebhookRefusals(logger);
  const { secrets } = sessionLimits;
  const origin = config.baseUrl;
  /** Whether organizations and accounts are kept in step with Logto. */
  const isKept = config.logto.management !== null;
  const unlink = isKept ? (userId: string) => unlinkDisputed(unscoped, userId) : undefined;
  const finishSignIn = finishSignInWith({ unscoped, sessionCookie, unlink }, [
    joinAfterSignIn({ database, logger }),
    followHuggingFace(database),
  ]);
  const confirmations =
    huggingFace &&
    createConfirmations({ database, oauth: huggingFace, finishSignIn, sessionLimits, origin });
  const routes = [
    ...healthRoutes({ unscoped, isDraining, identityProvider: openId.status }),
    ...metricsRoutes(
      {
        unscoped,
        kinds: allJobs,
        identityProvider: openId.status,
        webhookRefusals: webhookRefusals.counts,
      },
      config.metricsToken,
    ),
    ...landingPages(signInMethods),
    ...authPages({
      unscoped,
      openId,
      beginSignIn,
      signInCookies,
      sessionCookie,
      sessionLimits,
      signOutAtProvider,
      baseUrl: config.baseUrl,
      afterSignIn: config.logto.management ? [followClaims(database)] : [],
      confirmSignIn: confirmations?.confirmSignIn,
      findEnterprises: findEnterprisesAt(config.logto),
      finishSignIn,
    }),
    backChannelLogout({ unscoped, openId }),
    ...organizationPages(database, doors, isKept ? isInStep : null),
    ...settingsPages(database),
    ...emailDomainPages(database, dependencies.resolveTxt ?? createTxtResolver()),
    ...projectPages(database),
    ...memberPages(database),
    ...memberApi(database),
    ...invitationPages(database, config.baseUrl),
    ...guestPages(database, beginSignIn, signInMethods),
    ...joinRequestPages({ database, origins }),
    ...huggingFacePages(database, { isConfigured: huggingFace !== null, secrets }),
    ...authorizationPages({ database, oauth: huggingFace, confirmations, secrets, origin }),
    ...huggingFaceJoiningPages(database, confirmations),
    ...auditLogPages(database),
    ...accountPages(database),
    ...accountSessionsPages({ database, sessionCookie, sessionLimits, signOutAtProvider }),
    ...accountDeletionPages({
      database,
      sessionCookie,
      signInCookies,
      signOutAtProvider,
      deleteAtProvider: isKept ? deleteUserAtLogto.enqueue : null,
    }),
    ...webhookRoutes({
      database,
      keys: config.logto.webhookKeys,
      issuer: config.logto.management && issuerOf(config.logto.endpoint),
      refusals: webhookRefusals,
    }),
  ];

  if (config.isDevelopment) app.use(reloadBrowsers(publicFolder));
  app.use(logRequests(logger));
  app.use(readClientAddresses(config.server.trustedProxyHops));
  const formTargets = [config.logto.endpoint, ...(client ? [endpoint] : [])];
  app.use(
    setSecurityHeaders({
      isSecure,
      transportSecurity,
      formTargets: formTargets.map((each) => new URL(each).origin),
    }),
  );
  const renderError = config.isDevelopment ? renderFaultPage : renderErrorPage;
  app.use(catchErrors({ renderErrorPage: renderError, translate }));
  app.use(async (ctx, next) => {
    // Whether we are reached over https is a setting, not something a proxy's header decides.
    ctx.cookies.secure = isSecure;
    if (isDraining()) ctx.set("Connection", "close");
    await next();
  });
  app.use(refuseUnreadableTargets);
  app.use(refuseCrossSiteWrites(config.baseUrl, routes));
  app.use(serveAssets(publicFolder));
  app.use(refuseSubresources);
  app.use(sessions.commit);
  const authenticateToken = authenticateTokenWith({ database, openId });
  const authorize = authorizeWith({
    sessions,
    authenticateToken,
    countRequest,
    countWrite: limitEach({ ...writes, ...dependencies.writeLimit }),
    countGuestWrite: limitEach({ ...guestWrites, ...dependencies.writeLimit }),
  });
  const countLimits = countLimitsWith(unscoped);
  app.use(serveRoutes(routes, authorize, { explainsInput: config.isDevelopment, countLimits }));
  app.use(() => {
    throw httpError("request.not_found");
  });
  return { app, routes };
}

function translate(error: unknown) {
  if (isDatabaseUnavailable(error)) {
    return httpError("server.unavailable", { cause: error, headers: { "Retry-After": "5" } });
  }
  return translateOpenIdError(error);
}
