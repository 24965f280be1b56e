import type { ParameterizedContext } from "koa";
import type { z } from "zod";

import type { BodyFormat } from "./body.ts";
import type { AppError, Issue } from "./errors.ts";
import type { Limit } from "./limit.ts";
import type { Reply } from "./reply.ts";
import type { AppState } from "./state.ts";
import type { FileField } from "./upload.ts";

export type RouteContext = ParameterizedContext<AppState>;

type Schema = z.ZodType | undefined;
type Output<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/**
 * One SQL statement that a route reads with: prepared, or without a name planned each time for its values.
 *
 * @param Row the type of its rows, which only the statement's author knows
 */
export type Read<Row extends object> = {
  /** Unique to the text. */
  name: string;
  text: string;
  values: unknown[];
  /** Never set: it holds the type. */
  row?: Row;
};

type Input<Actor, Params extends Schema, Query extends Schema> = {
  /** The principal, as far as the route's `access` requires one. */
  actor: Actor;
  params: Output<Params>;
  query: Output<Query>;
};

/**
 * A route, declared as data. The declaration guards input and output, and feeds the tests that loop over
 * all routes.
 *
 * `Actors` maps every kind of access to the type of its principal.
 */
export type RouteDeclaration<
  Actors,
  Access extends keyof Actors,
  Params extends Schema,
  Query extends Schema,
  Body extends Schema,
  Row extends object,
> = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** @koa/router's pattern, such as `/o/:slug`. */
  path: string;
  /** The right to call it. A route without `access` does not compile. */
  access: Access;
  /** Accepts a bearer token in place of a session. For APIs: pages accept sessions only. */
  takesTokens?: boolean;
  /** Checks the path's parameters. Invalid ones are 404. */
  params?: Params;
  /** Checks the query. An invalid one is 400. */
  query?: Query;
  /** Checks the body. An invalid one is 422, with every fault by its field. */
  body?: Body;
  /**
   * Reads in the round trip that authorizes the request. The statement sees the organization that the path names, as
   * `current_organization_id()`, and nothing at all for a person who is no active member. It cannot write. The rows reach the
   * handler after the permission has been checked.
   */
  read?(input: Pick<Input<unknown, Params, Query>, "params" | "query">): Read<Row>;
  /** The section that its pages belong to. Sections may read more, together with `read`. */
  section?: string;
  /** Whether it may answer with a page that shows who is signed in. By default: unless it answers with JSON or leads elsewhere. */
  isPage?: boolean;
  /** The default is `form`. */
  bodyFormat?: BodyFormat;
  /** The file that the form sends: its body is multipart/form-data, and `fileField` checks the field. Such a form does not wait. */
  file?: FileField;
  /** Checks a JSON answer. */
  response?: z.ZodType;
  /** How often one person may do this. The router counts once the body is valid. */
  limits?: readonly Limit[];
  /** The field of the form beside which the page shows that a limit is used up. */
  limitField?: string;
  /** The statuses of its answers, except those of errors. */
  statuses: readonly number[];
  /** A GET that changes something (a sign-in): HEAD and a browser's prefetch must not run it. */
  hasEffects?: boolean;
  /** Pages of other sites may show it, such as a picture of a person. */
  isEmbeddable?: boolean;
  /** A write that other servers send. It proves its sender by itself, and ignores cookies. */
  crossSite?: boolean;
  handler(
    input: Input<Actors[Access], Params, Query> & { body: Output<Body>; rows: Row[] },
    ctx: RouteContext,
  ): Promise<Reply>;
  /** Shows a form again whose body was not valid, with the typed values and the faults. */
  invalid?(
    input: Input<Actors[Access], Params, Query> & {
      values: Readonly<Record<string, unknown>>;
      issues: readonly Issue[];
      rows: Row[];
    },
    ctx: RouteContext,
  ): Promise<Reply>;
};

/** A declared route without the types of its schemas, as the registry holds it. */
export type Route<Actors> = RouteDeclaration<
  Actors,
  keyof Actors,
  z.ZodType | undefined,
  z.ZodType | undefined,
  z.ZodType | undefined,
  object
>;

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
) => Promise<{
  actor: Actors[keyof Actors];
  rows: object[];
  /** The form is of a page that is out of date: it must not do its work. */
  refusal?: AppError | undefined;
}>;

/** Whether a route may answer with a page that shows who is signed in. */
export function showsPage<Actors>(
  route: Pick<Route<Actors>, "isPage" | "response" | "invalid" | "statuses">,
): boolean {
  if (route.isPage !== undefined) return route.isPage;
  if (route.response) return false;
  return (
    route.invalid !== undefined || route.statuses.some((status) => status < 204 || status > 399)
  );
}

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
    Row extends object = never,
  >(
    declaration: RouteDeclaration<Actors, Access, Params, Query, Body, Row>,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-assertion -- the registry calls each handler only with what its own schemas let through, which a list of all routes cannot say
  ): Route<Actors> => declaration as unknown as Route<Actors>;
}
