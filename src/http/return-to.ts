import { resolveOwnPath } from "./own-path.ts";

/** Longer paths are not ours. */
const longest = 2048;

/**
 * A path of our own to return to after signing in, or `/` for anything else: other sites in all
 * their disguises (`//host`, `/\host`, a tab or line break in between), other schemes, and pages
 * that would start or end a session again (RFC 9700, section 4.11, open redirectors).
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
