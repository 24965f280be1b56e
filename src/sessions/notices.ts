import { z } from "zod";

import type { BrowserCookie } from "../http/cookie.ts";
import { isOpenedByPerson } from "../http/fetch-metadata.ts";
import { resolveOwnPath } from "../http/return-to.ts";
import type { RouteContext } from "../http/route.ts";

/** A page that is opened later than this after its form says nothing of it. Seconds. */
export const noticeSeconds = 2 * 60;

/** Characters of a cookie's value. A longer notice is not kept: the form that gives it has done its work by then. */
const longest = 1_200;

const keptNotice = z.object({
  text: z.string(),
  path: z.string(),
  /** Identifies the session that it is for: the beginning of its hash, which opens nothing. */
  session: z.string(),
  until: z.number(),
});

/** The hash of the id of the session that a notice is for. */
type OfSession = { idHash: Uint8Array };

/**
 * Notices are in a signed cookie: in the session's row, each would cost a round trip to keep and another one to forget
 * (docs/decisions/005-sessions.md).
 */
export function createNotices(cookie: BrowserCookie) {
  return {
    /**
     * Keeps a notice for the page that a form leads to. A browser keeps one: a second form's notice replaces the first.
     * A notice for a page of another site is dropped.
     */
    keep(ctx: RouteContext, text: string, session: OfSession): void {
      const path = resolveOwnPath(ctx.response.get("Location"))?.pathname;
      if (path === undefined) return;
      const until = Date.now() + noticeSeconds * 1000;
      const notice: z.input<typeof keptNotice> = { text, path, until, session: mark(session) };
      const value = Buffer.from(JSON.stringify(notice)).toString("base64url");
      if (value.length <= longest) cookie.write(ctx, value);
    },

    /**
     * Reads the notice for the page that a request asks for. Another page is another tab's, HEAD shows nobody anything, and
     * a page that a browser loads in advance, or a script in the background (public/live-list.js), is perhaps never seen.
     */
    read(ctx: RouteContext, session: OfSession): string | undefined {
      if (!isOpenedByPerson(ctx)) return undefined;
      const value = cookie.read(ctx);
      if (value === undefined) return undefined;
      const notice = keptNotice.parse(JSON.parse(Buffer.from(value, "base64url").toString()));
      const isDue = notice.path === ctx.path && notice.until >= Date.now();
      return isDue && notice.session === mark(session) ? notice.text : undefined;
    },

    /** Forgets the notice that was read, if the reply is a page, which shows it: a redirect or a download does not. */
    forget(ctx: RouteContext): void {
      if (ctx.status === 200 && ctx.response.is("html")) cookie.expire(ctx);
    },
  };
}

function mark({ idHash }: OfSession): string {
  return Buffer.from(idHash).toString("base64url").slice(0, 16);
}
