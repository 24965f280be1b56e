import Keygrip from "keygrip";
import Koa from "koa";
import type { Logger } from "pino";

import { createProviderLinks } from "./account/provider-links.ts";
import { defineSignInCookies, signInWith } from "./auth/begin-sign-in.ts";
import { countRouteLimitsWith } from "./tenancy/route-limits.ts";
import { translateOpenIdError } from "./auth/errors.ts";
import { finishSignInWith } from "./auth/finish-sign-in.ts";
import { guestWrites, signIns, signInsOfBrowser, writes } from "./auth/limits.ts";
import { signOutWith } from "./auth/sign-out.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database/database.ts";
import { isDatabaseUnavailable } from "./database/faults.ts";
import { renderFaultPage } from "./development/fault-page.tsx";
import { allJobs, type FeatureContext, features as ownFeatures } from "./features.ts";
import { defineCookie } from "./http/cookie.ts";
import { refuseCrossSiteWrites } from "./http/csrf.ts";
import { catchErrors, refuseUnreadableTargets } from "./http/error-boundary.ts";
import { httpError } from "./http/errors.ts";
import { refuseSubresources } from "./http/fetch-metadata.ts";
import { readClientAddresses } from "./http/ip-address.ts";
import type { RateLimit } from "./http/limit.ts";
import { limitEach } from "./http/rate-limit.ts";
import { reloadBrowsers } from "./http/reload-browsers.ts";
import { logRequests } from "./http/request-id.ts";
import type { Route } from "./http/route.ts";
import { serveRoutes } from "./http/router.ts";
import { setSecurityHeaders } from "./http/security-headers.ts";
import type { AppState } from "./http/state.ts";
import { createWaitingForms, waitingSeconds } from "./http/waiting-forms.ts";
import { findEnterprisesAt } from "./logto/client/enterprises.ts";
import type { ManagementApi } from "./logto/client/management-api.ts";
import { deleteUserAtLogto } from "./logto/sync/delete-user.ts";
import { isBehind } from "./logto/sync/local-state.ts";
import { openAccounts } from "./logto/sync/own-account.ts";
import { unlinkDisputed } from "./logto/sync/unlink-disputed.ts";
import { createWebhookRefusals } from "./logto/webhooks/refusals.ts";
import { limitRequestsWith } from "./organizations/request-quota.ts";
import type { OpenIdClient } from "./relying-party/relying-party.ts";
import { createSignInMethods } from "./relying-party/sign-in-methods.ts";
import { createSessions } from "./sessions/load-session.ts";
import { noticeSeconds } from "./sessions/notices.ts";
import type { Actors } from "./tenancy/actor.ts";
import { authenticateTokenWith } from "./tenancy/authenticate-token.ts";
import { authorizeWith } from "./tenancy/authorize.ts";
import { describeErrorPage } from "./tenancy/error-page.ts";
import type { BuiltFeature, Feature, Shared } from "./tenancy/feature.ts";
import { organizationPageWith } from "./tenancy/organization-page.tsx";
import { people, readCounts } from "./tenancy/people.ts";
import { assets } from "./views/assets.ts";
import { namesReader, welcomeBack } from "./tenancy/page-token.ts";
import { renderErrorPage } from "./views/error-page.tsx";

export type Dependencies = {
  config: Config;
  database: Database;
  openId: OpenIdClient;
  /** The one client of Logto's Management API in this process; null without one. */
  logto: ManagementApi | null;
  logger: Logger;
  /** Aborted once the process is told to stop. */
  draining: AbortSignal;
  /** Replaces the limits of src/auth/limits.ts. */
  signInLimit?: RateLimit;
  writeLimit?: RateLimit;
  /** Features besides those of src/features.ts. */
  moreFeatures?: readonly Feature<FeatureContext>[];
  /** Replaces what the features would get. */
  context?: Partial<FeatureContext>;
};

/** Puts the application together: the middleware stack, in order, and the routes of every feature. */
export function createApp(dependencies: Dependencies): {
  app: Koa<AppState>;
  routes: Route<Actors>[];
} {
  const { config, database, openId, logger, draining } = dependencies;
  const { unscoped } = database;
  const { isSecure } = config;
  const sessionCookie = defineCookie("session", { origin: config.baseUrl });

  const app = new Koa<AppState>();
  app.keys = new Keygrip(config.sessions.secrets, "sha256");
  app.on("error", (error: Error & { code?: string }) => {
    // A client may leave in the middle of a download; a request that cannot be parsed is the server's (http/server.ts).
    if (/^(ERR_STREAM_PREMATURE_CLOSE|ECONNRESET|EPIPE|HPE_.*)$/.test(error.code ?? "")) return;
    logger.error({ err: error }, "outside of a request");
  });
  const sessions = createSessions(app, {
    database,
    cookie: sessionCookie,
    noticeCookie: defineCookie("notice", { origin: config.baseUrl, maxAge: noticeSeconds }),
    limits: config.sessions,
  });
  const { routes, formTargets, sections } = buildFeatures(dependencies, sessionCookie);

  if (config.isDevelopment) app.use(reloadBrowsers(assets));
  app.use(logRequests(logger));
  app.use(readClientAddresses(config.server.trustedProxyHops));
  app.use(
    setSecurityHeaders({
      isSecure,
      transportSecurity: config.transportSecurity,
      formTargets: [config.logto.endpoint, ...formTargets].map((each) => new URL(each).origin),
    }),
  );
  const renderError = config.isDevelopment ? renderFaultPage : renderErrorPage;
  app.use(
    catchErrors({
      renderErrorPage: async (error, ctx) =>
        renderError(error, await describeErrorPage(sessions, error, ctx)),
      translate,
    }),
  );
  app.use(async (ctx, next) => {
    // The settings say whether the application is reached over https, never a header of a proxy.
    ctx.cookies.secure = isSecure;
    if (draining.aborted) ctx.set("Connection", "close");
    await next();
  });
  app.use(refuseUnreadableTargets);
  app.use(refuseCrossSiteWrites(config.baseUrl, routes));
  app.use(assets.serve);
  app.use(refuseSubresources(routes));
  app.use(sessions.commit);
  const { requestsPerMinute } = config.organizations;
  const authorize = authorizeWith({
    sessions,
    authenticateToken: authenticateTokenWith({ database, openId }),
    sections,
    countRequest: requestsPerMinute > 0 ? limitRequestsWith(requestsPerMinute) : undefined,
    countWrite: limitEach({ ...writes, ...dependencies.writeLimit }),
    countGuestWrite: limitEach({ ...guestWrites, ...dependencies.writeLimit }),
  });
  const waitingCookie = defineCookie("form", { origin: config.baseUrl, maxAge: waitingSeconds });
  app.use(
    serveRoutes(routes, authorize, {
      explainsInput: config.isDevelopment,
      countLimits: countRouteLimitsWith(unscoped),
      waiting: {
        forms: createWaitingForms(waitingCookie, config.sessions.secrets),
        namesReader,
        welcomeBack,
      },
    }),
  );
  app.use(() => {
    throw httpError("request.not_found");
  });
  return { app, routes };
}

/** Builds every feature with what they all may use, then gives each of them what the others add. */
function buildFeatures(
  dependencies: Dependencies,
  sessionCookie: ReturnType<typeof defineCookie>,
): Pick<Parameters<typeof authorizeWith>[0], "sections"> & {
  routes: Route<Actors>[];
  formTargets: string[];
} {
  const { config, database, openId, logto, logger, draining } = dependencies;
  const { unscoped } = database;
  const { baseUrl, sessions: sessionLimits } = config;
  /** Whether organizations and accounts are kept in step with Logto. */
  const isKept = config.logto.management !== null;
  const signInCookies = defineSignInCookies(baseUrl);
  const limits = {
    ofNetwork: { ...signIns, ...dependencies.signInLimit },
    ofBrowser: { ...signInsOfBrowser, ...dependencies.signInLimit },
  };
  const features = [...ownFeatures, ...(dependencies.moreFeatures ?? [])];
  const tabs = features.flatMap((feature) => feature.people ?? []);
  const counts = readCounts(tabs);
  const context = {
    config,
    database,
    openId,
    logger,
    draining,
    isDraining: () => draining.aborted,
    unscoped,
    baseUrl,
    jobs: allJobs,
    sessionCookie,
    sessionLimits,
    signInCookies,
    beginSignIn: signInWith({ unscoped, openId, cookies: signInCookies, limits }),
    signInMethods: createSignInMethods(config.logto),
    signOutAtProvider: signOutWith({ openId, cookies: signInCookies }),
    organizationPage: organizationPageWith(
      features.flatMap(({ menu }) => menu ?? []),
      tabs,
    ),
    findEnterprises: logto ? findEnterprisesAt(logto) : undefined,
    isBehind: isKept ? isBehind : null,
    deleteAtProvider: isKept ? deleteUserAtLogto.enqueue : null,
    accounts: logto && openAccounts({ database, baseUrl, logger, logto }),
    providerLinks: createProviderLinks({ endpoint: config.logto.endpoint, baseUrl }),
    webhookRefusals: createWebhookRefusals(logger),
    ...dependencies.context,
  };
  const built = features.map((feature): BuiltFeature => feature.build?.(context) ?? {});
  const [confirmSignIn, another] = built.flatMap((each) => each.confirmSignIn ?? []);
  if (another) throw new TypeError("Only one feature may have a sign-in confirmed elsewhere.");
  const shared: Shared = {
    joinOptions: built.flatMap(({ joinOptions }) => joinOptions ?? []),
    joinOrigins: features.flatMap(({ joinOrigins }) => joinOrigins ?? []),
    waysToJoin: built.flatMap(({ waysToJoin }) => waysToJoin ?? []),
    homeCards: features.flatMap(({ homeCards }) => homeCards ?? []),
    firstSteps: features.flatMap(({ firstSteps }) => firstSteps ?? []),
    afterSignIn: built.flatMap(({ afterSignIn }) => afterSignIn ?? []),
    confirmSignIn,
    finishSignIn: finishSignInWith(
      {
        unscoped,
        sessionCookie,
        unlink: isKept ? (userId) => unlinkDisputed(unscoped, userId) : undefined,
      },
      built.flatMap(({ beforeFirstPage }) => beforeFirstPage ?? []),
    ),
  };
  return {
    sections: counts ? { [people]: counts } : {},
    routes: built.flatMap(({ routes }) => routes?.(shared) ?? []),
    formTargets: built.flatMap(({ formTargets }) => formTargets ?? []),
  };
}

function translate(error: unknown) {
  if (isDatabaseUnavailable(error)) {
    return httpError("server.unavailable", { cause: error, headers: { "Retry-After": "5" } });
  }
  return translateOpenIdError(error);
}
