/** Longer paths are not ours. */
const longest = 2048;

const placeholderOrigin = "https://placeholder.invalid";

/**
 * Resolves a path of our own origin as browsers do.
 *
 * @returns null for anything else, such as a disguised host (`//host`, `/.//host`, `/\host`, a tab in between)
 */
export function resolveOwnPath(value: string): URL | null {
  if (!value.startsWith("/") || !URL.canParse(value, placeholderOrigin)) return null;
  const url = new URL(value, placeholderOrigin);
  // Normalising `/.//host` leaves the path `//host`.
  return url.origin === placeholderOrigin && !url.pathname.startsWith("//") ? url : null;
}

/**
 * Reads the path of our own to which a person returns after signing in. The result is `/` for anything
 * else: other sites in all their disguises (`//host`, `/\host`, a tab or line break in between), other
 * schemes, and pages that would start or end a session again (RFC 9700, section 4.11, open redirectors).
 */
export function safeReturnTo(value: string | undefined): string {
  if (value === undefined) return "/";
  // oxlint-disable-next-line no-control-regex -- browsers drop these, and read what is left
  if (/[\u0000-\u0020\u007f\\]/.test(value)) return "/";
  const url = resolveOwnPath(value);
  if (!url) return "/";
  const { pathname, search } = url;
  if (/^\/(sign-in(\/resume)?|sign-out|callback)\/?$/.test(pathname)) return "/";
  const path = pathname + search;
  return path.length > longest ? "/" : path;
}
