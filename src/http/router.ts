import { Readable } from "node:stream";

import Router from "@koa/router";
import type { Middleware } from "koa";
import { readBody } from "./body.ts";
import { AppError, httpError } from "./errors.ts";
import { isPrefetch } from "./fetch-metadata.ts";
import { readInput } from "./issues.ts";
import { keepForm, showWaiting, type Waiting } from "./keep-form.ts";
import type { Limit } from "./limit.ts";
import { fieldsOf, logIssues, readAddress } from "./read-address.ts";
import type { Reply } from "./reply.ts";
import type { Authorize, Route, RouteContext } from "./route.ts";
import type { AppState } from "./state.ts";
import { readUpload } from "./upload.ts";

/** Counts one use of a route with limits. @throws request.too_many */
export type CountLimits<Actors> = (
  ctx: RouteContext,
  actor: Actors[keyof Actors],
  limits: readonly Limit[],
) => Promise<void>;

type RouterOptions<Actors> = {
  countLimits?: CountLimits<Actors>;
  waiting?: Waiting<Actors>;
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
      ctx.state.pageOfForm = () => (route.path.includes(":token") ? "/" : pageOf(ctx.path));
      const form = (await options.waiting?.forms.take(ctx)) ?? null;
      const again =
        form && (await showWaiting(ctx, form, findForm(form.path), authorize, options.waiting));
      send(ctx, route, again ?? (await answer(ctx, route, authorize, options)));
    });
  }
  /** The nearest page above the address of a form: the one that has the form, or leads to it. */
  const pageOf = (path: string): string => {
    if (path === "" || router.match(path, "GET").pathAndMethod.length > 0) return path || "/";
    return pageOf(path.slice(0, path.lastIndexOf("/")));
  };
  const findForm = (path: string) => {
    const layer = router.match(path, "POST").pathAndMethod.at(-1);
    const route = routes.find((each) => each.method === "POST" && each.path === layer?.path);
    return layer && route && { route, params: layer.params(path, layer.captures(path)) };
  };
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
  { explainsInput = false, countLimits, waiting }: RouterOptions<Actors>,
): Promise<Reply> {
  if (route.hasEffects && (ctx.method === "HEAD" || isPrefetch(ctx))) {
    throw httpError("request.method_not_allowed", { headers: { Allow: route.method } });
  }
  if (Object.values(ctx.params).some((value) => unusable.test(value))) {
    throw httpError("request.not_found");
  }
  const address = readAddress(ctx, route, ctx, explainsInput);
  const read = "refuse" in address ? null : (route.read?.(address) ?? null);
  const { actor, rows, refusal } = await authorize(ctx, route, ctx.params, read).catch(
    (error: unknown) => keepForm(ctx, route, waiting, error),
  );
  if ("refuse" in address) throw address.refuse();
  const { params, query } = address;
  const act = async (body: unknown) => {
    if (route.limits) await countLimits?.(ctx, actor, route.limits);
    return route.handler({ actor, params, query, body, rows }, ctx);
  };
  if (refusal && !route.invalid) throw refusal;
  if (!route.body) return act(undefined);

  const { bodyFormat = "form", file } = route;
  // It waits for no file that will not be kept.
  if (refusal && file) {
    return showRefusal(ctx, route, { actor, params, query, rows, values: {} }, refusal);
  }
  const values = file ? await readUpload(ctx, file) : await readBody(ctx, bodyFormat);
  const result = readInput(route.body, values, bodyFormat === "form" ? "form" : "document");
  const input = { actor, params, query, rows, values: fieldsOf(values) };
  if (refusal) return showRefusal(ctx, route, input, refusal);
  if ("data" in result) {
    return act(result.data).catch((error: unknown) =>
      showRefusal(ctx, route, input, error).catch((failed: unknown) =>
        keepForm(ctx, route, waiting, failed, input.values),
      ),
    );
  }
  const { issues } = result;
  if (explainsInput) logIssues(ctx, issues, values);
  if (!route.invalid) throw httpError("request.invalid", { issues });
  return route.invalid({ ...input, issues }, ctx);
}

type FormInput<Actors> = Omit<Parameters<NonNullable<Route<Actors>["invalid"]>>[0], "issues">;

/** Shows a form again with what was typed: where a limit is used up, or where the error says so. @throws any other error */
async function showRefusal<Actors>(
  ctx: RouteContext,
  { limitField, invalid }: Route<Actors>,
  input: FormInput<Actors>,
  error: unknown,
): Promise<Reply> {
  if (!(error instanceof AppError) || !invalid) throw error;
  const field = error.status === 429 ? limitField : error.options.showsForm ? "" : undefined;
  // A program reads the error, and needs no form.
  if (field === undefined || (field === "" && ctx.accepts("json", "html") !== "html")) throw error;
  const issues = [{ field, message: error.message }];
  // A person who confirmed one thing confirms anew what the page is about now.
  const values = field === "" ? { ...input.values, confirmation: "" } : input.values;
  const reply = await invalid({ ...input, values, issues }, ctx);
  return {
    ...reply,
    status: error.status,
    headers: { ...reply.headers, ...error.options.headers },
  };
}

function send<Actors>(ctx: RouteContext, route: Route<Actors>, reply: Reply): void {
  // Every route with a form may show it again.
  const showsForm = route.invalid && [409, 422, 429].includes(reply.status);
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

/** One letter beyond Latin-1 makes Node write a long text half again as slowly as its bytes. Other texts take as long. */
function toBody(body: Reply["body"]): Readable | Buffer | null {
  if (body === undefined) return null;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length);
  return typeof body === "string" ? Buffer.from(body) : Readable.from(body);
}
