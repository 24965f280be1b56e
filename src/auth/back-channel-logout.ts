import { z } from "zod";

import type { Database } from "../database/database.ts";
import { json, type Reply } from "../http/reply.ts";
import { obeyLogout } from "../sessions/back-channel.ts";
import type { OpenIdClient } from "../relying-party/relying-party.ts";
import { OpenIdError } from "../relying-party/error.ts";
import { route } from "../tenancy/route.ts";

type Dependencies = { unscoped: Database["unscoped"]; openId: OpenIdClient };

/**
 * The identity provider reports here that a person has signed out there (OpenID Connect Back-Channel Logout 1.0). It calls
 * without any browser, and only the signature of its token authenticates the request. A browser that another
 * site sends here is refused as on every other route.
 */
export function backChannelLogout({ unscoped, openId }: Dependencies) {
  return route({
    method: "POST",
    path: "/back-channel-logout",
    access: "public",
    // Other fields of the form are ignored (section 2.5).
    body: z.object({ logout_token: z.string().min(1) }),
    // RFC 6749, section 5.2.
    response: z.object({ error: z.string(), error_description: z.string() }),
    statuses: [200, 400, 503],
    async handler({ body }, ctx) {
      const { logger } = ctx.state;
      try {
        const logout = await openId.verifyLogoutToken(body.logout_token);
        const ended = await obeyLogout(unscoped, { ...logout, issuer: openId.issuer });
        if (ended === null) return refuse("This logout token was here before.");
        logger.info({ ended, isOfOneSession: logout.sid !== null }, "back-channel logout");
        return { status: 200, headers: noStore };
      } catch (error) {
        if (!(error instanceof OpenIdError)) throw error;
        const { code, reason } = error;
        logger.warn({ code, reason }, "back-channel logout refused");
        if (code === "logout_token_invalid" || code === "clock_skew") return refuse(error.message);
        return unableNow(error.message);
      }
    },
    invalid: () => Promise.resolve(refuse("There is no logout token.")),
  });
}

const noStore = { "Cache-Control": "no-store" };

/** Section 2.8. */
function refuse(description: string): Reply {
  const answer = { error: "invalid_request", error_description: description };
  return { ...json(answer, 400), headers: noStore };
}

/** Without the provider's keys we cannot tell whether the token is good. */
function unableNow(description: string): Reply {
  const answer = { error: "temporarily_unavailable", error_description: description };
  return { ...json(answer, 503), headers: { ...noStore, "Retry-After": "5" } };
}
