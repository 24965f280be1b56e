import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/** Renders a whole page (a `Layout` and its content) as an HTML document. Preact escapes text and attributes. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}
