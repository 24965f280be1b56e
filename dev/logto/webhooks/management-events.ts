import type { RouterContext, RouterMiddleware } from "@koa/router";
import type { WebhookDelivery } from "./delivery.ts";
import type { HookEvent, HookPayload } from "./events.ts";

/**
 * The event of each call. Every other call is silent, among them each change of a member's roles, of linked identities
 * and of JIT settings. An event is fired even when the call changed nothing.
 */
const eventOfRoute: Record<string, HookEvent> = {
  "POST /users": "User.Created",
  "PATCH /users/:userId": "User.Data.Updated",
  "PATCH /users/:userId/password": "User.Data.Updated",
  "PATCH /users/:userId/is-suspended": "User.SuspensionStatus.Updated",
  "DELETE /users/:userId": "User.Deleted",
  "POST /organizations": "Organization.Created",
  "PATCH /organizations/:id": "Organization.Data.Updated",
  "DELETE /organizations/:id": "Organization.Deleted",
  "POST /organizations/:id/users": "Organization.Membership.Updated",
  "PUT /organizations/:id/users": "Organization.Membership.Updated",
  "DELETE /organizations/:id/users/:userId": "Organization.Membership.Updated",
  "POST /organizations/:id/applications": "Organization.Membership.Updated",
  "DELETE /organizations/:id/applications/:applicationId": "Organization.Membership.Updated",
  "POST /organization-scopes": "OrganizationScope.Created",
  "POST /organization-roles": "OrganizationRole.Created",
  "DELETE /organization-roles/:id": "OrganizationRole.Deleted",
  "PUT /organization-roles/:id/scopes": "OrganizationRole.Scopes.Updated",
};

type Details = Record<string, unknown>;
type Notes = { details: Details; more: { event: HookEvent; details: Details }[] };
const notes = new WeakMap<object, Notes>();

function notesOf(ctx: object): Notes {
  const found = notes.get(ctx) ?? { details: {}, more: [] };
  notes.set(ctx, found);
  return found;
}

/** Adds to the event what only the route knows, such as the ids of new members. */
export function describeChange(ctx: RouterContext, details: Details): void {
  Object.assign(notesOf(ctx).details, details);
}

/** Fires another event beside that of the route. */
export function alsoFire(ctx: RouterContext, event: HookEvent, details: Details): void {
  notesOf(ctx).more.push({ event, details });
}

/** Surrounds the routes of the Management API and fires the event after a call has succeeded. A refused call throws. */
export function fireEventsOf(delivery: WebhookDelivery): RouterMiddleware {
  return async (ctx, next) => {
    await next();
    const route = String(ctx._matchedRoute).replace(/^\/api/, "");
    const event = eventOfRoute[`${ctx.method} ${route}`];
    if (!event) return;
    const { details, more } = notesOf(ctx);
    const common = {
      createdAt: new Date().toISOString(),
      userAgent: ctx.get("user-agent") || undefined,
      ip: ctx.ip,
      path: ctx.path.replace(/^\/api/, ""),
      method: ctx.method,
      status: ctx.status,
      params: ctx.params,
      matchedRoute: route,
    };
    const data = event.includes("Membership") || !isObject(ctx.body) ? {} : { data: ctx.body };
    await delivery.trigger([
      ...more.map((each): HookPayload => ({ event: each.event, ...common, ...each.details })),
      { event, ...common, ...data, ...details },
    ]);
  };
}

function isObject(body: unknown): boolean {
  return typeof body === "object" && body !== null;
}
