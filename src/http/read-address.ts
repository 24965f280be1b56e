import { z } from "zod";

import { parseFields } from "./body.ts";
import { httpError, type Issue } from "./errors.ts";
import { readInput } from "./issues.ts";
import type { Route, RouteContext } from "./route.ts";

/** Reads a path and a query. Only those who may call the route learn what is wrong with them: then `refuse` says it. */
export function readAddress<Actors>(
  ctx: RouteContext,
  { params, query }: Pick<Route<Actors>, "params" | "query">,
  address: { params: Readonly<Record<string, string>>; querystring: string },
  explainsInput: boolean,
): { params: unknown; query: unknown } | { refuse(): Error } {
  const path = readPart(params, address.params);
  if ("issues" in path) return { refuse: () => httpError("request.not_found") };
  const sent = query ? parseFields(new URLSearchParams(address.querystring)) : {};
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

/** Logs one line with each wrong field and what it must be, and never the value that was sent. */
export function logIssues(ctx: RouteContext, issues: readonly Issue[], sent: unknown): void {
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

/** The fields of a body, as far as it has any. */
export function fieldsOf(values: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).catch({}).parse(values);
}
