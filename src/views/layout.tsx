import type { ComponentChildren } from "preact";
import type { OrganizationWithRole } from "../access/membership.ts";
import type { Role } from "../access/roles.ts";
import { TimeZone } from "./date-text.tsx";
import { productName } from "../runtime/product.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Alert } from "./alert.tsx";
import { assets } from "./assets.ts";
import { LogoMark } from "./logo.tsx";
import { OrganizationSwitcher } from "./organization-switcher.tsx";
import { renderOnce } from "./render-once.ts";
import { type Section, SectionNav } from "./section-nav.tsx";
import type { Viewer } from "./viewer.ts";

export interface LayoutProps {
  title: string;
  /** Null for a visitor; undefined if the page does not know, as on the page of an error. */
  viewer: Viewer | null | undefined;
  /** The organization in the page's URL. */
  current?: OrganizationWithRole | undefined;
  sections?: readonly Section[] | undefined;
  /** The tabs of the current section. */
  tabs?: ComponentChildren;
  /** See `OrganizationSwitcher`. */
  sectionFor?: ((role: Role) => string) | undefined;
  /** A notice for a page without a session. */
  notice?: string | undefined;
  children: ComponentChildren;
}

/**
 * The whole HTML document around a page's content. It has no inline script or style, and loads only avatars and files of
 * this origin, so that a strict Content-Security-Policy fits it.
 */
export function Layout({ title, viewer, current, sections = [], children, ...props }: LayoutProps) {
  const notice = props.notice ?? viewer?.notice;
  return (
    <html lang="en">
      <head>
        {drawHead()}
        <title>{title === productName ? title : `${title} · ${productName}`}</title>
        <link rel="icon" href={assets.pathOf("favicon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.pathOf("app.css")} />
      </head>
      <body class="flex min-h-dvh flex-col bg-base-200 font-sans text-base-content antialiased">
        {drawSkipLink()}
        <SiteHeader viewer={viewer} current={current} sectionFor={props.sectionFor} />
        {sections.length > 0 && (
          <SectionNav
            label={current ? `Sections of ${current.name}` : "Sections"}
            sections={sections}
          />
        )}
        {props.tabs}
        <main
          id="main"
          class="mx-auto w-full max-w-6xl flex-1 px-4 py-8 sm:px-6 sm:py-12"
          tabindex={-1}
        >
          {notice !== undefined && (
            <div class="mb-8">
              <Alert kind="success">{notice}</Alert>
            </div>
          )}
          <TimeZone.Provider value={viewer?.timeZone ?? null}>{children}</TimeZone.Provider>
        </main>
        {drawFooter()}
      </body>
    </html>
  );
}

function SiteHeader({
  viewer,
  current,
  sectionFor,
}: Pick<LayoutProps, "viewer" | "current" | "sectionFor">) {
  return (
    <header class="relative z-10 border-b border-base-300 bg-base-100">
      <div class="mx-auto flex h-16 max-w-6xl items-center gap-2 px-4 sm:gap-3 sm:px-6">
        <a class="flex shrink-0 items-center gap-2.5 rounded-field" href="/">
          <LogoMark />
          <span class={`text-lg font-bold tracking-tight ${viewer ? "max-sm:sr-only" : ""}`}>
            {productName}
          </span>
        </a>
        {viewer && (
          <>
            <script type="module" src={assets.pathOf("header-menu.js")} />
            <span class="text-xl text-base-content/30" aria-hidden="true">
              /
            </span>
            <OrganizationSwitcher
              organizations={viewer.organizations}
              current={current}
              sectionFor={sectionFor}
            />
          </>
        )}
        <div class="ms-auto shrink-0">
          {viewer && <AccountMenu viewer={viewer} />}
          {viewer === null && (
            <a class="btn btn-ghost text-base" href="/sign-in">
              Sign in
            </a>
          )}
        </div>
      </div>
    </header>
  );
}

const drawHead = renderOnce(() => (
  <>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
  </>
));

const drawSkipLink = renderOnce(() => (
  <a
    class="btn btn-primary sr-only focus:not-sr-only focus:absolute focus:start-4 focus:top-3 focus:z-50 focus:inline-flex focus:h-11 focus:px-4"
    href="#main"
  >
    Skip to content
  </a>
));

const drawFooter = renderOnce(() => (
  <footer class="border-t border-base-300">
    <p class="mx-auto flex max-w-6xl items-center gap-2.5 px-4 py-6 text-sm text-base-content/75 sm:px-6">
      <LogoMark class="size-5" />
      {productName}
    </p>
  </footer>
));
