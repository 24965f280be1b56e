import type { ComponentChildren } from "preact";

import type { AppError } from "../http/errors.ts";
import { ErrorPage } from "./error-page.tsx";
import { Layout } from "./layout.tsx";
import { renderPage } from "../http/render.ts";

/** The whole page of an error; it looks nothing up, since that may be what failed. */
export function renderErrorPage(
  error: AppError,
  requestId: string,
  more?: ComponentChildren,
): string {
  return renderPage(
    <Layout title={error.title} viewer={undefined}>
      <ErrorPage
        status={error.status}
        title={error.title}
        message={error.message}
        requestId={requestId}
        action={error.options.action}
        issues={error.options.issues}
      >
        {more}
      </ErrorPage>
    </Layout>,
  );
}
