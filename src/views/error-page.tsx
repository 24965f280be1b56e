import type { ComponentChildren } from "preact";

import type { OrganizationWithRole } from "../access/membership.ts";
import type { AppError, ErrorAction } from "../http/errors.ts";
import { renderPage } from "../http/reply.ts";
import { describeFault } from "./form.tsx";
import { Layout } from "./layout.tsx";
import type { Viewer } from "./viewer.ts";

/** Everything on the page of an error but the error itself. */
export type ShownError = {
  requestId: string;
  viewer?: Viewer | undefined;
  /** The organization of the page, if the viewer belongs to it. */
  current?: OrganizationWithRole | undefined;
  /** Leads to where the person was, unless the error has an action of its own. */
  back?: ErrorAction | undefined;
  /** The form that was sent is kept until the person comes back. */
  formWaits?: boolean | undefined;
  /** The file of the form is not kept. */
  losesFile?: boolean | undefined;
};

/** Renders the whole page of an error. It reads nothing from the database, which may be the cause of the error. */
export function renderErrorPage(
  error: AppError,
  shown: ShownError,
  more?: ComponentChildren,
): string {
  return renderPage(
    <Layout
      title={error.title}
      viewer={shown.viewer}
      {...(shown.current && { current: shown.current })}
    >
      <ErrorPage error={error} {...shown}>
        {more}
      </ErrorPage>
    </Layout>,
  );
}

interface ErrorPageProps {
  error: Pick<AppError, "status" | "title" | "message" | "options">;
  requestId: string;
  back?: ErrorAction | undefined;
  formWaits?: boolean | undefined;
  losesFile?: boolean | undefined;
  /** More content, below the rest. */
  children?: ComponentChildren;
}

/** Explains an error in plain words, with the next step and the id that support needs. */
export function ErrorPage({ error, requestId, back, children, ...form }: ErrorPageProps) {
  const { action = back, issues = [] } = error.options;
  return (
    <div class="mx-auto grid max-w-xl justify-items-center text-center sm:pt-8">
      <NumberPlate status={error.status} />
      <h1 class="mt-8 text-3xl font-bold tracking-tight sm:text-4xl">{error.title}</h1>
      <p class="mt-4 text-lg text-base-content/80">{error.message}</p>
      {form.formWaits && (
        <p class="mt-4 font-semibold">
          What you typed is kept for ten minutes and will be there when you come back.
        </p>
      )}
      {form.losesFile && (
        <p class="mt-4 font-semibold">
          The file was not kept. Please choose it again when you come back.
        </p>
      )}
      {issues.length > 0 && (
        <ul class="mt-4 grid gap-1 font-semibold text-error">
          {issues.map(({ field, message }) => (
            <li key={`${field} ${message}`} class="break-name">
              {describeFault(field, message)}
            </li>
          ))}
        </ul>
      )}
      <div class="mt-8 flex w-full flex-col justify-center gap-3 sm:flex-row">
        {action && (
          <a class="btn btn-primary text-base" href={action.href}>
            {action.label}
          </a>
        )}
        {action?.href !== "/" && (
          <a class={`btn text-base ${action ? "btn-ghost" : "btn-primary"}`} href="/">
            Go to the start page
          </a>
        )}
      </div>
      <p class="break-name mt-12 text-sm text-base-content/75">
        If you ask for help, mention this request:{" "}
        <span class="block font-mono text-base-content select-all">{requestId}</span>
      </p>
      {children}
    </div>
  );
}

/** Draws the status as a number plate with four screws. */
function NumberPlate({ status }: { status: number }) {
  return (
    <p class="relative rounded-box bg-linear-to-b from-accent/90 to-accent px-12 py-6 text-accent-content shadow-lg shadow-black/10">
      <span
        class="absolute inset-2.5 grid grid-cols-[auto_auto] content-between justify-between"
        aria-hidden="true"
      >
        {["start-top", "end-top", "start-bottom", "end-bottom"].map((place) => (
          <span key={place} class="size-2 rounded-full bg-accent-content/45" />
        ))}
      </span>
      <span class="sr-only">Error </span>
      <span class="text-6xl leading-none font-bold tracking-tight tabular-nums sm:text-7xl">
        {status}
      </span>
    </p>
  );
}
