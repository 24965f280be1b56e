import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/** A whole page (a `Layout` and its content) as an HTML document. Text and attributes are escaped by the renderer. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}
