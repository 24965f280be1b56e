import { Router } from "@koa/router";
import type { JWK } from "jose";
import type Koa from "koa";
import { BodyTooLargeError } from "../../system/request-body.ts";
import { type Database, sqlStateOf } from "../store/database.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import { fireEventsOf } from "../webhooks/management-events.ts";
import { addAccountCenterRoutes } from "./account-center.ts";
import { addApplicationRoutes } from "./applications.ts";
import { requireManagementToken } from "./authentication.ts";
import { addConnectorRoutes } from "./connectors.ts";
import { ManagementError, translateSqlState } from "./errors.ts";
import { addHookRoutes } from "./hooks.ts";
import { MalformedJsonError } from "./input.ts";
import { addJustInTimeRoutes } from "./just-in-time.ts";
import { addOrganizationMemberRoutes } from "./organization-members.ts";
import { addOrganizationTemplateRoutes } from "./organization-template.ts";
import { addOrganizationRoutes } from "./organizations.ts";
import { addSignInExperienceRoutes } from "./sign-in-experience.ts";
import { addSsoConnectorRoutes } from "./sso-connectors.ts";
import { addUserRoutes } from "./users.ts";

/** The part of Logto's Management API that the application uses, under /api. Changes fire webhooks. */
export function addManagementApi(
  app: Koa,
  {
    sql,
    issuer,
    jwks,
    delivery,
  }: {
    sql: Database;
    issuer: string;
    jwks: { keys: JWK[] };
    delivery: WebhookDelivery;
  },
): void {
  const router = new Router({ sensitive: true, strict: true });
  router.use(fireEventsOf(delivery));
  for (const addRoutes of [
    addUserRoutes,
    addOrganizationRoutes,
    addOrganizationMemberRoutes,
    addOrganizationTemplateRoutes,
    addSsoConnectorRoutes,
    addHookRoutes,
    addJustInTimeRoutes,
    addApplicationRoutes,
    addConnectorRoutes,
    addSignInExperienceRoutes,
    addAccountCenterRoutes,
  ])
    addRoutes({ router, sql });

  const requireToken = requireManagementToken(issuer, jwks);
  app.use(onlyUnderApi(answerErrors));
  app.use(
    onlyUnderApi((ctx, next) => {
      if (ctx.path !== "/api/status") return requireToken(ctx, next);
      ctx.status = 204;
      return undefined;
    }),
  );
  app.use(router.routes());
  app.use(router.allowedMethods());
}
function onlyUnderApi(middleware: Koa.Middleware): Koa.Middleware {
  return (ctx, next) => (ctx.path.startsWith("/api/") ? middleware(ctx, next) : next());
}

async function answerErrors(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    const known = recognize(error);
    if (!known) throw error;
    ctx.status = known.status;
    ctx.body = known.body;
  }
}

function recognize(error: unknown): { status: number; body: unknown } | undefined {
  if (error instanceof ManagementError) return error;
  if (error instanceof MalformedJsonError) return { status: 400, body: { message: error.message } };
  if (error instanceof BodyTooLargeError) return { status: 413, body: { message: error.message } };
  return error instanceof Error ? translateSqlState(sqlStateOf(error), error.message) : undefined;
}
