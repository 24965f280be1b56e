import { Readable } from "node:stream";

import Router from "@koa/router";
import type { Middleware } from "koa";
import { z } from "zod";

import { parseFields, readBody } from "./body.ts";
import { AppError, httpError, type Issue } from "./errors.ts";
import { isPrefetch } from "./fetch-metadata.ts";
import { readInput } from "./issues.ts";
import type { Limit } from "./limit.ts";
import type { Reply } from "./reply.ts";
import type { Read, Route, RouteContext } from "./route.ts";
import type { AppState } from "./state.ts";

/**
 * Finds the principal of a request, and refuses one without the route's access.
 *
 * @param read what to read in the same round trip
 */
export type Authorize<Actors> = (
  ctx: RouteContext,
  route: Route<Actors>,
  params: Readonly<Record<string, string>>,
  read: Read<object> | null,
) => Promise<{ actor: Actors[keyof Actors]; rows: object[] }>;

/** Counts one use of a route with limits. @throws request.too_many */
export type CountLimits<Actors> = (
  ctx: RouteContext,
  actor: Actors[keyof Actors],
  limits: readonly Limit[],
) => Promise<void>;

type RouterOptions<Actors> = {
  countLimits?: CountLimits<Actors>;
  /** Logs the faults of an input, for the developer of its form. */
  explainsInput?: boolean;
};

/**
 * Serves the declared routes.
 *
 * It sets `sensitive` and `strict`: without them @koa/router matches `/ADMIN` to a route but not to the
 * middleware of its prefix. For the same reason, the access check runs before each handler.
 *
 * @throws request.method_not_allowed with `Allow` where only another method is declared; at the start, a
 *   TypeError for a route without access or declared twice
 */
export function serveRoutes<Actors>(
  routes: readonly Route<Actors>[],
  authorize: Authorize<Actors>,
  options: RouterOptions<Actors> = {},
): Middleware<AppState> {
  const router = new Router<AppState>({ sensitive: true, strict: true });
  const declared = new Set<string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    if (typeof route.access !== "string") throw new TypeError(`${name} does not declare access.`);
    if (declared.has(name)) throw new TypeError(`${name} is declared twice.`);
    declared.add(name);
    router.register(route.path, [route.method.toLowerCase()], async (ctx) => {
      ctx.state.routePath = route.path;
      send(ctx, route, await answer(ctx, route, authorize, options));
    });
  }
  const dispatch = router.routes();
  return async (ctx, next) => {
    requireOneHost(ctx);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router itself adds what its type asks for
    await dispatch(ctx as Parameters<typeof dispatch>[0], async () => {
      const allowed = router
        .match(ctx.path, ctx.method)
        .path.flatMap((layer) => layer.methods.map((method) => method.toUpperCase()));
      if (allowed.length > 0) {
        throw httpError("request.method_not_allowed", {
          headers: { Allow: [...new Set(allowed)].join(", ") },
        });
      }
      await next();
    });
  };
}

/** A request with two hosts is ambiguous (RFC 9112, section 3.2). Node takes the first. */
function requireOneHost({ req }: RouteContext): void {
  const hosts = req.headersDistinct["host"] ?? [];
  if (hosts.length > 1) throw httpError("request.malformed");
}

/**
 * Parameters that no route accepts: PostgreSQL cannot store NUL, and a Location with a segment of dots leads elsewhere
 * (RFC 3986, section 5.2.4).
 */
// oxlint-disable-next-line no-control-regex -- this is the one that is looked for
const unusable = /\0|^\.{1,2}$/;

async function answer<Actors>(
  ctx: RouteContext & { params: Record<string, string> },
  route: Route<Actors>,
  authorize: Authorize<Actors>,
  { explainsInput = false, countLimits }: RouterOptions<Actors>,
): Promise<Reply> {
  if (route.hasEffects && (ctx.method === "HEAD" || isPrefetch(ctx))) {
    throw httpError("request.method_not_allowed", { headers: { Allow: route.method } });
  }
  if (Object.values(ctx.params).some((value) => unusable.test(value))) {
    throw httpError("request.not_found");
  }
  const address = readAddress(ctx, route, explainsInput);
  const read = "refuse" in address ? null : (route.read?.(address) ?? null);
  const { actor, rows } = await authorize(ctx, route, ctx.params, read);
  if ("refuse" in address) throw address.refuse();
  const { params, query } = address;
  const act = async (body: unknown) => {
    if (route.limits) await countLimits?.(ctx, actor, route.limits);
    return route.handler({ actor, params, query, body, rows }, ctx);
  };
  if (!route.body) return act(undefined);

  const { bodyFormat = "form" } = route;
  const values = await readBody(ctx, bodyFormat);
  const result = readInput(route.body, values, bodyFormat === "form" ? "form" : "document");
  const input = { actor, params, query, rows, values: fieldsOf(values) };
  if ("data" in result) {
    return act(result.data).catch((error: unknown) => showLimit(ctx, route, input, error));
  }
  const { issues } = result;
  if (explainsInput) logIssues(ctx, issues, values);
  if (!route.invalid) throw httpError("request.invalid", { issues });
  return route.invalid({ ...input, issues }, ctx);
}

/** Shows the form again where a limit is used up, with the typed values and the time until the next try. */
async function showLimit<Actors>(
  ctx: RouteContext,
  { limitField, invalid }: Route<Actors>,
  input: Omit<Parameters<NonNullable<Route<Actors>["invalid"]>>[0], "issues">,
  error: unknown,
): Promise<Reply> {
  if (!(error instanceof AppError) || error.status !== 429) throw error;
  if (limitField === undefined || !invalid) throw error;
  const issues = [{ field: limitField, message: error.message }];
  const reply = await invalid({ ...input, issues }, ctx);
  return { ...reply, status: 429, headers: { ...reply.headers, ...error.options.headers } };
}

function send<Actors>(ctx: RouteContext, route: Route<Actors>, reply: Reply): void {
  // Every route with a form may show it again.
  const showsForm = route.invalid && [422, 429].includes(reply.status);
  if (!route.statuses.includes(reply.status) && !showsForm) {
    throw new TypeError(
      `${route.method} ${route.path} does not declare the status ${reply.status}.`,
    );
  }
  ctx.status = reply.status;
  if (reply.headers) ctx.set(reply.headers);
  if (reply.type) ctx.type = reply.type;
  if (reply.notice !== undefined) ctx.state.notice = reply.notice;
  if ("json" in reply) {
    ctx.type = "application/json; charset=utf-8";
    ctx.body = JSON.stringify(route.response ? route.response.parse(reply.json) : reply.json);
  } else {
    ctx.body = toBody(reply.body);
    // Setting no body makes Koa answer 204.
    ctx.status = reply.status;
  }
}

/** Reads a path and a query. Only those who may call the route learn what is wrong with them: then `refuse` says it. */
function readAddress<Actors>(
  ctx: RouteContext & { params: Record<string, string> },
  { params, query }: Route<Actors>,
  explainsInput: boolean,
): { params: unknown; query: unknown } | { refuse(): Error } {
  const path = readPart(params, ctx.params);
  if ("issues" in path) return { refuse: () => httpError("request.not_found") };
  const sent = query ? parseFields(new URLSearchParams(ctx.querystring)) : {};
  const asked = readPart(query, sent);
  if ("data" in asked) return { params: path.data, query: asked.data };
  const { issues } = asked;
  return {
    refuse() {
      if (explainsInput) logIssues(ctx, issues, sent);
      return httpError("request.malformed", { issues });
    },
  };
}

function readPart(schema: z.ZodType | undefined, value: unknown) {
  return schema ? readInput(schema, value, "address") : { data: undefined };
}

/** One letter beyond Latin-1 makes Node write a long text half again as slowly as its bytes. Other texts take as long. */
function toBody(body: Reply["body"]): Readable | Buffer | null {
  if (body === undefined) return null;
  return typeof body === "string" ? Buffer.from(body) : Readable.from(body);
}

/** Logs one line with each wrong field and what it must be, and never the value that was sent. */
function logIssues(ctx: RouteContext, issues: readonly Issue[], sent: unknown): void {
  const values = fieldsOf(sent);
  const fields = issues.map(({ field, message }) => ({
    field,
    message: hideWords(message, values[field]),
  }));
  const { logger, routePath = "" } = ctx.state;
  const path = routePath.includes(":token") ? routePath : ctx.path;
  logger.warn({ method: ctx.method, path, fields }, "invalid input");
}

/** Some messages quote the value. */
function hideWords(message: string, value: unknown): string {
  const sent = new Set(typeof value === "string" ? value.split(/[\s,;]+/) : []);
  return message.replaceAll(/[^\s,;]+/g, (word) => (sent.has(word) ? "…" : word));
}

function fieldsOf(values: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).catch({}).parse(values);
}
