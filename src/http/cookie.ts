import type { Context } from "koa";

/** Hides the shape of Koa's cookie jar: one name, one set of attributes, for setting and for expiring alike. */
export type BrowserCookie = {
  /** The value, if its signature holds; undefined for a missing or forged one. */
  read(ctx: Pick<Context, "cookies" | "app">): string | undefined;
  write(ctx: Pick<Context, "cookies">, value: string): void;
  expire(ctx: Pick<Context, "cookies">): void;
};

/**
 * A signed, host-only cookie that scripts cannot read. On https its name starts with `__Host-`, which
 * browsers tie to this very host (RFC 6265bis, section 4.1.3.2).
 *
 * SameSite is Lax: Strict would not come along on the way back from the identity provider.
 *
 * @param name without the prefix
 * @param options.maxAge seconds that the browser keeps it; undefined for as long as it runs
 */
export function defineCookie(
  name: string,
  { isSecure, maxAge }: { isSecure: boolean; maxAge?: number },
): BrowserCookie {
  const fullName = isSecure ? `__Host-${name}` : name;
  const attributes = {
    signed: true,
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: isSecure,
    overwrite: true,
  } as const;
  const write: BrowserCookie["write"] = (ctx, value) => {
    ctx.cookies.set(fullName, value, {
      ...attributes,
      ...(maxAge !== undefined && { maxAge: maxAge * 1000 }),
    });
  };
  return {
    read(ctx) {
      // Verified here, since the library signs anew, after a change of keys, without our attributes.
      const value = ctx.cookies.get(fullName, { signed: false });
      const signature = ctx.cookies.get(`${fullName}.sig`, { signed: false });
      if (!value || !signature) return undefined;
      const { keys } = ctx.app;
      const signer = Array.isArray(keys) ? -1 : keys.index(`${fullName}=${value}`, signature);
      if (signer < 0) return undefined;
      if (signer > 0) write(ctx, value);
      return value;
    },
    write,
    expire: (ctx) => {
      ctx.cookies.set(fullName, "", { ...attributes, expires: new Date(0) });
    },
  };
}
