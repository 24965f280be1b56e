import { createHash, randomBytes } from "node:crypto";
import { CookieJar } from "tough-cookie";
import { application, type Running } from "./stand-in.ts";

export type Page = { url: string; status: number; html: string };
export type Callback = { url: URL; code: string; verifier: string };

export type TokenAnswer = {
  status: number;
  access_token: string;
  id_token: string;
  refresh_token?: string;
  scope: string;
  error?: string;
};
export type Claims = { status: number; sub: string } & Record<string, unknown>;

export const everyScope =
  "openid profile email identities custom_data roles urn:logto:scope:organizations urn:logto:scope:organization_roles";

/** A browser without JavaScript: keeps cookies, follows redirects, fills in forms, and stops at the application. */
export class Browser {
  readonly #jar = new CookieJar();
  readonly #standIn: Running;
  /** By `state`: each tab has its own. */
  readonly #verifiers = new Map<string | null, string>();

  constructor(standIn: Running) {
    this.#standIn = standIn;
  }

  /** Opens the authorization endpoint as Tenantry would. Ends on a page or back at the application. */
  async authorize(parameters: Record<string, string> = {}): Promise<Page> {
    const verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      client_id: application.id,
      redirect_uri: application.redirectUris[0] ?? "",
      response_type: "code",
      scope: everyScope,
      state: randomBytes(8).toString("hex"),
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...parameters,
    });
    this.#verifiers.set(query.get("state"), verifier);
    return this.open(`${this.#standIn.issuer}/auth?${query}`);
  }

  async open(url: string, form?: URLSearchParams): Promise<Page> {
    if (url.startsWith(application.redirectUris[0] ?? "-") || url === "http://localhost:3000/") {
      return { url, status: 0, html: "" };
    }
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form ?? null,
      redirect: "manual",
      headers: { accept: "text/html", cookie: await this.#jar.getCookieString(url) },
    });
    for (const cookie of response.headers.getSetCookie()) await this.#jar.setCookie(cookie, url);
    const location = response.headers.get("location");
    const html = await response.text();
    return location
      ? this.open(new URL(location, url).href)
      : { url, status: response.status, html };
  }

  /** One POST with this browser's cookies, whose answer is not followed. */
  async post(url: string, fields: Record<string, string>): Promise<Response> {
    return fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { accept: "text/html", cookie: await this.#jar.getCookieString(url) },
      body: new URLSearchParams(fields),
    });
  }

  /** Submits a form of the page: by default the first one, with its hidden fields and these. */
  async submit(page: Page, fields: Record<string, string> = {}, action?: string): Promise<Page> {
    const form = findForms(page).find(
      (candidate) => action === undefined || candidate.action.includes(action),
    );
    if (!form)
      throw new Error(`no such form at ${page.url} (${page.status}): ${page.html.slice(0, 300)}`);
    return this.open(form.action, new URLSearchParams({ ...form.hidden, ...fields }));
  }

  /** From the sign-in page to the application. */
  async signIn(
    identifier: string,
    password: string,
    parameters: Record<string, string> = {},
  ): Promise<Callback> {
    const page = await this.authorize(parameters);
    return this.readCallback(await this.submit(page, { identifier, password }));
  }

  readCallback({ url, status, html }: Page): Callback {
    const target = new URL(url);
    const code = target.searchParams.get("code");
    if (!code) throw new Error(`no code at ${url} (${status}): ${html.slice(-400)}`);
    const verifier = this.#verifiers.get(target.searchParams.get("state"));
    if (verifier === undefined) throw new Error(`${url} answers none of this browser's requests`);
    return { url: target, code, verifier };
  }
}

/** Exchanges the code of a callback, as a confidential client with PKCE. */
export async function exchange(
  standIn: Running,
  { code, verifier }: Callback,
): Promise<TokenAnswer> {
  const response = await fetch(`${standIn.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${application.id}:${application.secret}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      code_verifier: verifier,
      redirect_uri: application.redirectUris[0] ?? "",
    }),
  });
  const body: Omit<TokenAnswer, "status"> = await response.json();
  return { status: response.status, ...body };
}

export async function fetchUserinfo(standIn: Running, accessToken: string): Promise<Claims> {
  const response = await fetch(`${standIn.issuer}/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const body: { sub: string } = await response.json();
  return { status: response.status, ...body };
}

type Form = { action: string; hidden: Record<string, string> };

function findForms(page: Page): Form[] {
  // `form="…"` ties a field outside of the form to it; a page here has one such form at most.
  const outside = [...page.html.matchAll(/<input[^>]*form="[^"]*"[^>]*>/g)];
  return [...page.html.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map((match) => {
    const [, action = "", inner = ""] = match;
    const hidden: Record<string, string> = {};
    for (const [input] of [...inner.matchAll(/<input[^>]*>/g), ...outside]) {
      const [name, value] = [readAttribute(input, "name"), readAttribute(input, "value")];
      if (name) hidden[name] = value;
    }
    return { action: new URL(action.replaceAll("&amp;", "&"), page.url).href, hidden };
  });
}

function readAttribute(tag: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}
