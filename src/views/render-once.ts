import type { VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";

/**
 * Makes a part of pages that is rendered once for each combination of its arguments, and shown as that text from then on.
 * The arguments must be constants of our code, such as a role or the name of an icon: each combination stays in memory. A
 * part that shows anything of a person or a request is an ordinary component.
 */
export function renderOnce<Arguments extends readonly string[]>(
  render: (...parts: Arguments) => VNode,
): (...parts: Arguments) => VNode {
  const rendered = new Map<string, [html: string]>();
  return (...parts) => {
    const key = parts.join("\n");
    let template = rendered.get(key);
    if (!template) {
      template = [renderToString(render(...parts))];
      rendered.set(key, template);
    }
    // The form in which compilers hand over what is HTML already (https://preactjs.com/guide/v10/server-side-rendering).
    return jsxTemplate(template);
  };
}
