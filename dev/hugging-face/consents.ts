import { randomUUID } from "node:crypto";
import type { RouterContext } from "@koa/router";
import type { AuthorizationRequest } from "./authorization-request.ts";
import type { Person } from "./people.ts";

const cookieName = "hugging-face-stand-in";

/**
 * Remembers the person that a browser is signed in as, and their consents: as at Hugging Face, the same application is
 * not confirmed twice for the same scopes.
 */
export class Consents {
  readonly #browsers = new Map<string, { person: Person; agreed: Set<string> }>();

  find(ctx: RouterContext, request: AuthorizationRequest): Person | undefined {
    const known = this.#browsers.get(ctx.cookies.get(cookieName) ?? "");
    return known?.agreed.has(nameRequest(request)) ? known.person : undefined;
  }

  remember(ctx: RouterContext, person: Person, request: AuthorizationRequest): void {
    const browser = ctx.cookies.get(cookieName) ?? randomUUID();
    const known = this.#browsers.get(browser);
    const agreed = known?.person === person ? known.agreed : new Set<string>();
    agreed.add(nameRequest(request));
    this.#browsers.set(browser, { person, agreed });
    ctx.cookies.set(cookieName, browser, { sameSite: "lax" });
  }

  forget(ctx: RouterContext): void {
    this.#browsers.delete(ctx.cookies.get(cookieName) ?? "");
  }
}

function nameRequest({ application, scopes }: AuthorizationRequest): string {
  return [application.clientId, ...scopes.toSorted()].join(" ");
}
