import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { stylesheet } from "./stylesheet.ts";

/** The pages of Hugging Face and of the mail catcher have no script, load nothing from elsewhere, and frame only their own documents. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'";

/** Renders a page of a stand-in, marked so that no person takes it for the real thing. */
export function renderDocument(page: {
  title: string;
  /** Such as “Hugging Face stand-in”. */
  standIn: string;
  /** Only Logto's stand-in sends pages with one, under no policy. */
  script?: string;
  children: ComponentChildren;
}): string {
  const markup = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{`${page.title} · ${page.standIn}`}</title>
        <style dangerouslySetInnerHTML={{ __html: stylesheet }} />
      </head>
      <body>
        <header class="ribbon">
          <p>{page.standIn} — development only</p>
        </header>
        <main>{page.children}</main>
        {page.script && <script dangerouslySetInnerHTML={{ __html: page.script }} />}
      </body>
    </html>,
  );
  return `<!doctype html>${markup}`;
}
