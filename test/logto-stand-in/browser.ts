import { createHash, randomBytes } from "node:crypto";
import { Browser, type Page } from "../support/browser.ts";
import { application, type Running } from "./stand-in.ts";

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

/** A browser that opens the authorization endpoint as the application would, and stops at the application. */
export class SignInBrowser extends Browser {
  readonly #standIn: Running;
  /** By `state`: each tab has its own. */
  readonly #verifiers = new Map<string | null, string>();

  constructor(standIn: Running) {
    super({ stopAt: (url) => new URL(url).origin === "http://localhost:3000" });
    this.#standIn = standIn;
  }

  /** Opens the authorization endpoint as the application would. Ends on a page or back at the application. */
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
