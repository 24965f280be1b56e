import { timingSafeEqual } from "node:crypto";

import type Keygrip from "keygrip";
import type { Context } from "koa";

/** A cookie with one name and one set of attributes, for setting and expiring alike. */
export type BrowserCookie = ReturnType<typeof defineCookie>;

type Cookies = Pick<Context, "cookies">;

/** @returns the index of the key that signed the text; -1 for none */
function findSigner(keys: Keygrip, text: string, signature: string): number {
  // Keygrip compares by two more HMACs, a fifth of a short request's time. So it only looks for older keys here.
  const expected = Buffer.from(keys.sign(text));
  const given = Buffer.from(signature);
  if (expected.length === given.length && timingSafeEqual(expected, given)) return 0;
  return keys.index(text, signature);
}

/**
 * Makes the name of a cookie. On https it starts with `__Host-`, so that browsers tie it to this very host (RFC
 * 6265bis, section 4.1.3.2). On http it ends with the port: all ports of localhost share their cookies (RFC 6265,
 * section 8.5), and two clones on one laptop must not sign each other out.
 *
 * @param origin where people reach the application
 */
export function nameCookie(name: string, origin: string): string {
  const { protocol, port } = new URL(origin);
  return protocol === "https:" ? `__Host-${name}` : `${name}-${port || "80"}`;
}

/**
 * Defines a signed, host-only cookie that scripts cannot read. SameSite is Lax: browsers would not send a Strict cookie on
 * the way back from the identity provider.
 *
 * @param options.origin where people reach the application
 * @param options.maxAge seconds that the browser keeps it; undefined for as long as it runs
 */
export function defineCookie(
  name: string,
  { origin, maxAge }: { origin: string; maxAge?: number },
) {
  const fullName = nameCookie(name, origin);
  const attributes = {
    signed: true,
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: origin.startsWith("https:"),
    overwrite: true,
  } as const;
  const lasting = maxAge === undefined ? attributes : { ...attributes, maxAge: maxAge * 1000 };
  const write = (ctx: Cookies, value: string) => ctx.cookies.set(fullName, value, lasting);
  return {
    /** @returns the value if its signature is valid; undefined for a missing or forged cookie */
    read(ctx: Pick<Context, "cookies" | "app">): string | undefined {
      // The library would sign the cookie again after a change of keys, without our attributes. So it is verified here.
      const value = ctx.cookies.get(fullName, { signed: false });
      const signature = ctx.cookies.get(`${fullName}.sig`, { signed: false });
      if (!value || !signature) return undefined;
      const { keys } = ctx.app;
      const signer = Array.isArray(keys) ? -1 : findSigner(keys, `${fullName}=${value}`, signature);
      if (signer < 0) return undefined;
      if (signer > 0) write(ctx, value);
      return value;
    },
    write,
    expire(ctx: Cookies): void {
      ctx.cookies.set(fullName, "", { ...attributes, expires: new Date(0) });
    },
  };
}
