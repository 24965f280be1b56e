import type { Context } from "koa";

/** Hides the shape of Koa's cookie jar: one name, one set of attributes, for setting and for expiring alike. */
export type BrowserCookie = {
  /** The value, if its signature holds; undefined for a missing or forged one. */
  read(ctx: Pick<Context, "cookies" | "app">): string | undefined;
  write(ctx: Pick<Context, "cookies">, value: string): void;
  expire(ctx: Pick<Context, "cookies">): void;
};

/**
 * The name of a cookie as browsers see it. On https it starts with `__Host-`, which they tie to this very host
 * (RFC 6265bis, section 4.1.3.2). On http it ends with the port, since all ports of localhost share their cookies
 * (RFC 6265, section 8.5), and two clones on one laptop must not sign each other out.
 *
 * @param origin where people reach the application
 */
export function nameCookie(name: string, origin: string): string {
  const { protocol, port } = new URL(origin);
  return protocol === "https:" ? `__Host-${name}` : `${name}-${port || "80"}`;
}

/**
 * A signed, host-only cookie that scripts cannot read.
 *
 * SameSite is Lax: Strict would not come along on the way back from the identity provider.
 *
 * @param options.origin where people reach the application
 * @param options.maxAge seconds that the browser keeps it; undefined for as long as it runs
 */
export function defineCookie(
  name: string,
  { origin, maxAge }: { origin: string; maxAge?: number },
): BrowserCookie {
  const fullName = nameCookie(name, origin);
  const attributes = {
    signed: true,
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: origin.startsWith("https:"),
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
