import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { type Cookie, CookieJar } from "tough-cookie";
import { findForms } from "./page-forms.ts";

/** `status` 0: the browser was told to stop before it opened this one. */
export type Page = { url: string; status: number; html: string };
export type Fields = Record<string, string>;
export type BrowserOptions = {
  /** Addresses that are reached but not opened, for instance those of an application that does not run. */
  stopAt?: (url: string) => boolean;
};

/** From the page at `from`, or (without) typed into the address bar. */
type Navigation = { url: string; from?: string | undefined; body?: URLSearchParams | undefined };

const mostRedirects = 20;

/**
 * A browser without JavaScript, over plain HTTP. It keeps cookies, follows redirects from origin to origin, fills in
 * forms, and sends the headers of browsers (Fetch: `Origin`; Fetch Metadata: `Sec-Fetch-*`). A tab is a `Page`: a test
 * may keep several of them and submit them in any order.
 */
export class Browser {
  readonly #jar = new CookieJar();
  readonly #stopAt: (url: string) => boolean;

  constructor({ stopAt = () => false }: BrowserOptions = {}) {
    this.#stopAt = stopAt;
  }

  /** Types an address in, or follows a link of the page `from`. */
  open(url: string, from?: Page): Promise<Page> {
    return this.#navigate({ url, from: from?.url });
  }

  /** Submits a form of the page with these fields changed: the first form, or the first one with `action` in its action. */
  submit(page: Page, fields: Fields = {}, action = ""): Promise<Page> {
    const form = findForms(page).find((candidate) => candidate.action.includes(action));
    if (!form) {
      const what = `${page.url} (${page.status}): ${page.html.slice(0, 300)}`;
      throw new Error(`no form for "${action}" at ${what}`);
    }
    const body = new URLSearchParams(form.fields);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    if (form.method === "post") return this.#navigate({ url: form.action, from: page.url, body });
    const target = new URL(form.action);
    target.search = body.toString();
    return this.#navigate({ url: target.href, from: page.url });
  }

  /** Sends one POST, as by a form on the page at `from` (by default, of the same origin), and follows no redirect. */
  post(url: string, fields: Fields, from = url): Promise<Response> {
    return this.#send({ url, from, body: new URLSearchParams(fields) }, siteOf(from, url));
  }

  /** The cookies that it would send to an address. */
  cookies(url: string): Promise<Cookie[]> {
    return this.#jar.getCookies(url);
  }

  async #navigate(start: Navigation): Promise<Page> {
    let next = start;
    let site: Site = start.from === undefined ? "none" : "same-origin";
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const { url, from } = next;
      if (this.#stopAt(url)) return { url, status: 0, html: "" };
      // A redirect from another site stays one in all that follow (Fetch Metadata section 2.3).
      if (from !== undefined) site = furthest(site, siteOf(from, url));
      const response = await this.#send(next, site);
      const { status } = response;
      const location = response.headers.get("location");
      if (location === null || status < 300) return { url, status, html: await response.text() };
      if (status > 303) throw new Error(`${url}: a redirect by ${status} is not followed here`);
      next = { url: new URL(location, url).href, from };
    }
    throw new Error(`too many redirects from ${start.url} on, at last to ${next.url}`);
  }

  async #send({ url, from, body }: Navigation, site: Site): Promise<Response> {
    const isForeign = from !== undefined && siteOf(from, url) === "cross-site";
    const sameSiteContext = isForeign ? (body ? "none" : "lax") : "strict";
    const cookie = await this.#jar.getCookieString(url, { sameSiteContext });
    // fetch() would send `Sec-Fetch-Mode: cors`. No connection is kept, since its server may stop in between.
    const outgoing = request(url, {
      agent: false,
      method: body ? "POST" : "GET",
      headers: {
        accept: "text/html,application/xhtml+xml",
        "sec-fetch-site": site,
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "sec-fetch-user": "?1",
        ...(cookie && { cookie }),
        ...(body && {
          "content-type": "application/x-www-form-urlencoded",
          origin: new URL(from ?? url).origin,
        }),
      },
    });
    outgoing.end(body?.toString());
    const [incoming]: IncomingMessage[] = await once(outgoing, "response");
    if (!incoming) throw new Error(`no answer from ${url}`);
    const headers = new Headers(
      Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    );
    const options = { ignoreError: true };
    for (const line of headers.getSetCookie()) await this.#jar.setCookie(line, url, options);
    const html = await text(incoming);
    return new Response(html || null, { status: incoming.statusCode ?? 0, headers });
  }
}

const distances = ["none", "same-origin", "same-site", "cross-site"] as const;
type Site = (typeof distances)[number];

function furthest(one: Site, other: Site): Site {
  return distances.indexOf(one) > distances.indexOf(other) ? one : other;
}

/** A site does not depend on the port. The hosts here (localhost, 127.0.0.1) have no registrable domain. */
function siteOf(from: string, to: string): Site {
  const [left, right] = [new URL(from), new URL(to)];
  if (left.origin === right.origin) return "same-origin";
  const isSameSite = left.protocol === right.protocol && left.hostname === right.hostname;
  return isSameSite ? "same-site" : "cross-site";
}
