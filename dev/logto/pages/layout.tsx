import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";

const styles = `
:root { color-scheme: light dark; --ink: #1c1b22; --soft: #5f5d6b; --line: #d9d7e0; --field: #85828f; --card: #fff; --page: #f4f3f8;
  --accent: #5d34f2; --accent-ink: #fff; --bad: #b3261e; --bad-page: #fdeceb; --note: #fff4d6; --note-ink: #5c4500; }
@media (prefers-color-scheme: dark) { :root { --ink: #ecebf2; --soft: #a9a7b8; --line: #3b3947; --field: #8b8899; --card: #211f2a;
  --page: #16151c; --accent: #a48bff; --accent-ink: #16151c; --bad: #ffb4ab; --bad-page: #3d1a18;
  --note: #3a3013; --note-ink: #f6dd98; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.banner { width: 100%; padding: .4rem 1rem; text-align: center; font-size: .85rem;
  background: var(--note); color: var(--note-ink); }
main { width: min(26rem, calc(100% - 2rem)); margin: auto; padding: 2rem; border: 1px solid var(--line);
  border-radius: 1rem; background: var(--card); }
h1 { margin: 0 0 1.25rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
label { display: block; margin-bottom: .25rem; font-weight: 600; font-size: .9rem; }
input { width: 100%; margin-bottom: 1rem; padding: .6rem .75rem; border: 1px solid var(--field); border-radius: .5rem;
  background: transparent; color: inherit; font: inherit; }
button { display: block; width: 100%; padding: .65rem 1rem; border: 1px solid transparent;
  border-radius: .5rem; background: var(--accent); color: var(--accent-ink); font: inherit; font-weight: 600;
  text-align: center; cursor: pointer; }
button.second { border-color: var(--field); background: transparent; color: inherit; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.fault { margin-bottom: 1rem; padding: .6rem .75rem; border-radius: .5rem; background: var(--bad-page); color: var(--bad); }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0; color: var(--soft); font-size: .85rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.below { margin: 1.25rem 0 0; text-align: center; } a { color: var(--accent); }
`;

type PageProps = { title: string; script?: string | undefined; children: ComponentChildren };

function Page({ title, script, children }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · Logto stand-in`}</title>
        <style dangerouslySetInnerHTML={{ __html: styles }} />
      </head>
      <body>
        <p class="banner">Logto stand-in — development only. Not a real identity provider.</p>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
        {script ? <script dangerouslySetInnerHTML={{ __html: script }} /> : null}
      </body>
    </html>
  );
}

/** Renders an HTML document of the stand-in. It works without JavaScript; `script` may only add comfort. */
export function renderPage(props: PageProps): string {
  return `<!doctype html>${renderToString(<Page {...props} />)}`;
}

/** The message that says what went wrong, announced by screen readers. */
export function Fault({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <div class="fault" role="alert">
      {message}
    </div>
  );
}
