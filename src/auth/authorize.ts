import { httpError } from "../http/errors.ts";
import type { RouteContext } from "../http/route.ts";
import type { Authorize } from "../http/router.ts";
import { safeReturnTo } from "../http/return-to.ts";
import { hasPermission } from "../memberships/roles.ts";
import type { Sessions } from "../sessions/load-session.ts";
import type { Actors } from "./actor.ts";

/**
 * Decides, before anything of a route runs, who asks and whether the route is for them.
 *
 * An organization that does not exist and one that is not theirs are the same 404.
 *
 * @throws request.not_signed_in (a browser asking for a page is sent to sign in), request.not_found,
 *   request.not_permitted
 */
export function authorizeWith(sessions: Pick<Sessions, "load">): Authorize<Actors> {
  return async (ctx, access, params) => {
    if (access === "public") return null;
    const isOfOrganization = access !== "visitor" && access !== "signed-in";
    const found = await sessions.load(ctx, isOfOrganization ? (params["slug"] ?? null) : null);
    if (access === "visitor") return found;
    if (!found) throw notSignedIn(ctx);
    const { membership, ...signedIn } = found;
    if (!isOfOrganization) return signedIn;
    if (!membership) throw httpError("request.not_found");
    if (!hasPermission(membership.role, access)) throw httpError("request.not_permitted");
    return { ...signedIn, ...membership };
  };
}

function notSignedIn(ctx: RouteContext) {
  const returnTo = ["GET", "HEAD"].includes(ctx.method) ? safeReturnTo(ctx.url) : "/";
  const href = `/sign-in?${new URLSearchParams({ returnTo }).toString()}`;
  return httpError("request.not_signed_in", {
    redirect: href,
    action: { label: "Sign in", href },
  });
}
