import type { ParameterizedContext } from "koa";
import type { z } from "zod";

import type { BodyFormat } from "./body.ts";
import type { Issue } from "./errors.ts";
import type { Limit } from "./limit.ts";
import type { Reply } from "./reply.ts";
import type { AppState } from "./state.ts";

export type RouteContext = ParameterizedContext<AppState>;

type Schema = z.ZodType | undefined;
type Output<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

type Input<Actor, Params extends Schema, Query extends Schema> = {
  /** Who asks, as far as the route's `access` requires it. */
  actor: Actor;
  params: Output<Params>;
  query: Output<Query>;
};

/**
 * A route, declared as data. The declaration guards what comes in and what goes out, and feeds the
 * tests that loop over all routes.
 *
 * `Actors` maps every kind of access to what is known of the person who has it.
 */
export type RouteDeclaration<
  Actors,
  Access extends keyof Actors,
  Params extends Schema,
  Query extends Schema,
  Body extends Schema,
> = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** @koa/router's pattern, such as `/o/:slug`. */
  path: string;
  /** Who may call it: without this a route does not compile. */
  access: Access;
  /** Whether a bearer token may say who asks, as a session does. For APIs: a page knows sessions only. */
  takesTokens?: boolean;
  /** What the path's parameters must be: anything else is 404. */
  params?: Params;
  /** What the query must be: anything else is 400. */
  query?: Query;
  /** What the body must be: anything else is 422, with every fault by its field. */
  body?: Body;
  /** How the body arrives; `form` unless said otherwise. */
  bodyFormat?: BodyFormat;
  /** What a JSON answer must be. */
  response?: z.ZodType;
  /** How often one person may do this; it is counted once the body is valid. */
  limits?: readonly Limit[];
  /** The field of the form beside which a limit that is used up is shown, with what was typed. */
  limitField?: string;
  /** The statuses it answers with, errors aside. */
  statuses: readonly number[];
  /** A GET that changes something (a sign-in): HEAD and a browser's prefetch must not run it. */
  hasEffects?: boolean;
  /** A write that other servers send, and that proves by itself who sent it: no cookie counts there. */
  crossSite?: boolean;
  handler(
    input: Input<Actors[Access], Params, Query> & { body: Output<Body> },
    ctx: RouteContext,
  ): Promise<Reply>;
  /** Shows a form again whose body was not valid: what was typed, and the faults. */
  invalid?(
    input: Input<Actors[Access], Params, Query> & {
      values: Readonly<Record<string, unknown>>;
      issues: readonly Issue[];
    },
    ctx: RouteContext,
  ): Promise<Reply>;
};

/** A declared route, its types forgotten: what the registry holds. */
export type Route<Actors> = RouteDeclaration<
  Actors,
  keyof Actors,
  z.ZodType | undefined,
  z.ZodType | undefined,
  z.ZodType | undefined
>;

/**
 * Makes the function that declares routes, for one application's kinds of access.
 *
 * @example route({ method: "GET", path: "/organizations", access: "signed-in", statuses: [200], handler })
 */
export function routesFor<Actors>() {
  return <
    Access extends keyof Actors,
    Params extends Schema = undefined,
    Query extends Schema = undefined,
    Body extends Schema = undefined,
  >(
    declaration: RouteDeclaration<Actors, Access, Params, Query, Body>,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-assertion -- the registry calls each handler only with what its own schemas let through, which a list of all routes cannot say
  ): Route<Actors> => declaration as unknown as Route<Actors>;
}
