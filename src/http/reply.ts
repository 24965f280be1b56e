import type { VNode } from "preact";

import { renderPage } from "./render.ts";

/** The answer of a route's handler. */
export type Reply = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  type?: string;
  /** A text, or its pieces as they come, where all of it at once would be too much. */
  body?: string | AsyncIterable<string>;
  /** Instead of a body: a value that the route's `response` schema checks and that goes out as JSON. */
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

/** "Go there with GET": the answer to every form that did its work (RFC 9110, section 15.4.4). */
export function seeOther(location: string): Reply {
  return { status: 303, headers: { Location: location } };
}
