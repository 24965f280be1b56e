import { organizationPath } from "../access/organization-path.ts";
import type { AppError, ErrorAction } from "../http/errors.ts";
import { safeReturnTo } from "../http/return-to.ts";
import type { RouteContext } from "../http/route.ts";
import type { Sessions } from "../sessions/load-session.ts";
import type { ShownError } from "../views/error-page.tsx";
import { describeViewer } from "./describe-viewer.ts";

/**
 * Finds what the page of an error shows around it: the reader, their organization, and the way back.
 * The page has to appear whatever fails, so a reader who cannot be found is left out.
 */
export function describeErrorPage(
  sessions: Pick<Sessions, "look">,
  error: AppError,
  ctx: RouteContext,
): Promise<ShownError> {
  // Koa cannot even tell the path of some requests.
  return describe(sessions, error, ctx).catch(() => ({ requestId: ctx.state.requestId }));
}

async function describe(
  sessions: Pick<Sessions, "look">,
  error: AppError,
  ctx: RouteContext,
): Promise<ShownError> {
  const { requestId, formWaits, losesFile } = ctx.state;
  // Where the server has failed, its database may be the cause.
  const reader = error.status >= 500 ? null : await sessions.look(ctx).catch(() => null);
  const slug = /^\/o\/([^/]+)/.exec(ctx.path)?.[1];
  const current = reader?.organizations?.find((each) => each.slug === slug);
  return {
    requestId,
    formWaits,
    losesFile,
    back: findWayBack(error, ctx) ?? (current && goTo(current)),
    current,
    viewer: reader?.organizations ? describeViewer(reader) : undefined,
  };
}

function findWayBack(error: AppError, ctx: RouteContext): ErrorAction | undefined {
  const { pageOfForm, routePath = "" } = ctx.state;
  const isReading = ["GET", "HEAD"].includes(ctx.method);
  if (!isReading) {
    // The page of an unknown thing is unknown as well.
    if (error.status === 404) return undefined;
    const href = pageOfForm?.();
    return href === undefined || href === "/" ? undefined : { label: "Go back", href };
  }
  // An address with a token in it is on no page.
  if (error.status !== 503 || routePath.includes(":token")) return undefined;
  return { label: "Try again", href: safeReturnTo(ctx.url) };
}

function goTo({ name, slug }: { name: string; slug: string }): ErrorAction {
  return { label: `Go to ${name}`, href: organizationPath(slug) };
}
