import { z } from "zod";

import { isPrefetch } from "../http/fetch-metadata.ts";
import { resolveOwnPath } from "../http/return-to.ts";
import type { RouteContext } from "../http/route.ts";

/** The values of a session: `ctx.session`, or what is stored of it. */
export type SessionValues = Record<string, unknown>;

/** The name of the notice among the values of a session. */
const name = "notice";

/** A page that is opened later than this after its form says nothing of it. Milliseconds. */
const lifetime = 2 * 60_000;

/** Characters of JSON. A longer notice is not kept: the form that gives it has done its work by then. */
const longest = 1_000;

const keptNotice = z.object({ text: z.string(), path: z.string(), until: z.number() });

/**
 * Keeps a notice for the page that a form leads to. A session keeps one: a second form's notice replaces the first.
 *
 * @param location where the reply leads; a notice for a page of another site is dropped
 */
export function keepNotice(values: SessionValues, text: string, location: string): void {
  const path = resolveOwnPath(location)?.pathname;
  if (path === undefined) return;
  const notice: z.input<typeof keptNotice> = { text, path, until: Date.now() + lifetime };
  if (JSON.stringify(notice).length <= longest) values[name] = notice;
}

/**
 * Reads the notice for the page that a request asks for. Another page is another tab's, HEAD shows nobody anything, and
 * a page that a browser loads in advance is perhaps never seen.
 */
export function readNotice(values: SessionValues, ctx: RouteContext): string | undefined {
  if (values[name] === undefined) return undefined;
  const { data } = keptNotice.safeParse(values[name]);
  if (!data || data.path !== ctx.path || data.until < Date.now()) return undefined;
  return ctx.method === "GET" && !isPrefetch(ctx) ? data.text : undefined;
}

/** Forgets the notice, if the reply is a page, which shows it: a redirect or a download does not. */
export function forgetNotice(values: SessionValues, { response, status }: RouteContext): void {
  if (status === 200 && response.is("html")) delete values[name];
}
