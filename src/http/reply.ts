import type { VNode } from "preact";

import { renderPage } from "./render.ts";

/** The answer of a route's handler. */
export type Reply = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  type?: string;
  /** A text, or a stream of its pieces where it is too long to be kept in memory. */
  body?: string | AsyncIterable<string>;
  /** In place of a body: a value that the route's `response` schema checks and that is sent as JSON. */
  json?: unknown;
};

/** An HTML document. */
export function page(document: VNode, status = 200): Reply {
  return { status, type: "text/html; charset=utf-8", body: renderPage(document) };
}

/** A JSON document. */
export function json(value: unknown, status = 200): Reply {
  return { status, json: value };
}

/** Sends the browser to a page with GET: the answer to every form that succeeded (RFC 9110, section 15.4.4). */
export function seeOther(location: string): Reply {
  return { status: 303, headers: { Location: location } };
}
