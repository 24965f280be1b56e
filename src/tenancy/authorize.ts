import { readBearerToken } from "../http/bearer-token.ts";
import { type AppError, httpError } from "../http/errors.ts";
import { clientNetwork } from "../http/ip-address.ts";
import { describeOrigin } from "../http/request-origin.ts";
import { safeReturnTo } from "../http/return-to.ts";
import { type Authorize, type Read, type RouteContext, showsPage } from "../http/route.ts";
import { withQuery } from "../http/with-query.ts";
import { membershipError } from "./errors.ts";
import { hasPermission, isOfDeleted } from "../access/roles.ts";
import type { SessionAuthentication, Sessions } from "../sessions/load-session.ts";
import type { Membership } from "../access/membership.ts";
import { organizationPath } from "../access/organization-path.ts";
import type { Actors, Member, Counts } from "./actor.ts";
import type { AuthenticateToken, TokenAuthentication } from "./authenticate-token.ts";
import { createPageToken } from "./page-token.ts";
import { requireScope } from "./token-errors.ts";

type Dependencies = {
  sessions: Pick<Sessions, "load">;
  authenticateToken: AuthenticateToken;
  /** Reads what waits behind the tabs of a section, for each section that has some. */
  sections: Readonly<Record<string, Read<Counts>>>;
  /** Counts a request of a member of an organization. */
  countRequest?: ((organizationId: string, userId: string) => Promise<void>) | undefined;
  /** Counts an attempted change, before its permission is checked. */
  countWrite(userId: string): Promise<void>;
  /** The same for a visitor who is not signed in. */
  countGuestWrite(network: string): Promise<void>;
};

/** The principal of a session or of a token. */
type Found = SessionAuthentication & Partial<Pick<TokenAuthentication, "scopes" | "clientId">>;

/**
 * Identifies the principal and checks the route's `access`, before any code of the route runs.
 *
 * An organization that does not exist and one that is not theirs are the same 404. If a route takes tokens and the request
 * has one, only the token counts: csrf.ts has removed the cookies.
 *
 * @throws request.not_signed_in (a browser asking for a page is sent to sign in), request.not_found,
 *   request.moved (the organization has another address now), membership.suspended,
 *   membership.page_outdated, request.not_permitted, token.invalid, token.insufficient_scope, token.unverifiable, and
 *   what the counts throw
 */
export function authorizeWith({
  sessions,
  authenticateToken,
  sections,
  countRequest,
  countWrite,
  countGuestWrite,
}: Dependencies): Authorize<Actors> {
  return async (ctx, route, params, read) => {
    const { access, takesTokens = false } = route;
    if (access === "public") return { actor: null, rows: [] };
    const isOfOrganization = access !== "visitor" && access !== "signed-in";
    const slug = isOfOrganization ? (params["slug"] ?? null) : null;
    const token = takesTokens ? readBearerToken(ctx) : null;
    const besides = slug === null ? null : (sections[route.section ?? ""] ?? null);
    const answer: { found: Found; rows: object[]; besides?: object[] } | null =
      token === null || slug === null
        ? await sessions.load(ctx, {
            organizationSlug: slug,
            forPage: showsPage(route),
            read,
            besides,
          })
        : await authenticateToken(ctx, token, slug, read);
    const found = answer?.found ?? null;
    const rows = answer?.rows ?? [];
    if (!["GET", "HEAD"].includes(ctx.method)) {
      await (found ? countWrite(found.user.id) : countGuestWrite(clientNetwork(ctx.ip)));
    }
    if (access === "visitor") {
      return { actor: found && { ...found, request: describeOrigin(ctx) }, rows };
    }
    if (!found) throw notSignedIn(ctx, takesTokens);
    const { membership, scopes, clientId, ...rest } = found;
    const signedIn = {
      ...rest,
      request: { ...describeOrigin(ctx), ...(clientId !== undefined && { clientId }) },
    };
    if (!isOfOrganization) return { actor: signedIn, rows };
    if (!membership || membership.isDeleted !== isOfDeleted(access)) {
      if (membership && mayRestore(membership)) throw deleted();
      throw httpError("request.not_found");
    }
    const { organization, role, isSuspended } = membership;
    if (organization.slug !== params["slug"]) throw moved(ctx, params, organization);
    if (isSuspended) throw membershipError("membership.suspended");
    // Only active members can use up their organization's quota.
    await countRequest?.(organization.id, found.user.id);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns of the section's statement
    const [counts] = (answer?.besides ?? []) as Counts[];
    const actor: Member = {
      ...signedIn,
      organization,
      role,
      ...(scopes && { scopes }),
      ...(counts && { counts }),
    };
    const refusal = refuseOutdatedPage(ctx, actor);
    if (!hasPermission(role, access)) throw refusal ?? httpError("request.not_permitted");
    requireScope(actor, access);
    return { actor, rows, refusal };
  };
}

/** Only those who may restore an organization learn that it is deleted. */
function mayRestore({ isDeleted, isSuspended, role }: Membership): boolean {
  return isDeleted && !isSuspended && hasPermission(role, "organization:restore");
}

const deleted = () =>
  membershipError("membership.organization_deleted", {
    action: { label: "Restore it", href: "/organizations" },
  });

function notSignedIn(ctx: RouteContext, takesTokens: boolean) {
  const isReading = ["GET", "HEAD"].includes(ctx.method);
  const returnTo = safeReturnTo(isReading ? ctx.url : ctx.state.pageOfForm?.());
  const href = withQuery("/sign-in", { returnTo });
  return httpError("request.not_signed_in", {
    redirect: href,
    action: { label: "Sign in", href },
    ...(!isReading && { waitsAt: returnTo }),
    // Without an error code: the request had no credentials (RFC 6750, section 3.1).
    ...(takesTokens && { headers: { "WWW-Authenticate": "Bearer" } }),
  });
}

/** Redirects any method to the same page under the organization's present address (RFC 9110, section 15.4.9). */
function moved(
  ctx: RouteContext,
  params: Readonly<Record<string, string>>,
  { slug }: Membership["organization"],
) {
  const path = (ctx.state.routePath ?? "").replaceAll(/:(\w+)/g, (_all, name: string) =>
    encodeURIComponent((name === "slug" ? slug : params[name]) ?? ""),
  );
  return httpError("request.moved", { headers: { Location: path + ctx.search } });
}

/** The error for a form from a page made for another role, account or organization. Requests without a page token pass. */
function refuseOutdatedPage(ctx: RouteContext, actor: Member): AppError | undefined {
  const pageToken = ctx.method === "GET" ? null : new URLSearchParams(ctx.search).get("pageToken");
  if (pageToken === null || pageToken === createPageToken(actor)) return undefined;
  return membershipError("membership.page_outdated", {
    showsForm: true,
    action: { label: "Open it again", href: organizationPath(actor.organization.slug) },
  });
}
