import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/** The answer of a route's handler. */
export type Reply = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  type?: string;
  /** A text or bytes; or the pieces of a text as they come, where all of it at once would be too much. */
  body?: string | Uint8Array | AsyncIterable<string>;
  /** Instead of a body: a value that the route's `response` schema checks and that goes out as JSON. */
  json?: unknown;
  /** See {@link seeOther}. */
  notice?: string;
};

/** Renders a whole page (a `Layout` and its content) as an HTML document. Preact escapes text and attributes. */
export function renderPage(document: VNode): string {
  return `<!doctype html>${renderToString(document)}`;
}

/** An HTML document. */
export function page(document: VNode, status = 200): Reply {
  return { status, type: "text/html; charset=utf-8", body: renderPage(document) };
}

/** A JSON document. */
export function json(value: unknown, status = 200): Reply {
  return { status, json: value };
}

/**
 * "Go there with GET": the answer to every form that did its work (RFC 9110, section 15.4.4).
 *
 * @example seeOther(projectsPath, { notice: "The project is archived." })
 * @param options.notice a sentence that says what was done. A cookie keeps it for two minutes (sessions/notices.ts),
 *   and the page at `location` shows it once. That page does nothing for it: `describeViewer(actor)` has it, and `Layout`
 *   shows it. Where nobody is signed in it is dropped: there is no session to keep it.
 */
export function seeOther(location: string, { notice }: Pick<Reply, "notice"> = {}): Reply {
  const reply = { status: 303, headers: { Location: location } };
  return notice === undefined ? reply : { ...reply, notice };
}
