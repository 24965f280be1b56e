const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);
const placeholderOrigin = "https://placeholder.invalid";

/**
 * The address of a picture that came from outside (an identity provider, a person), or null when a page must not load it.
 * Passes `https:` URLs, paths of this origin, and `http:` on a loopback host (the laptop's stand-ins); refuses
 * `javascript:`, `data:`, `//host` and its disguises (`/\host`, a tab in between), which browsers resolve as another host.
 */
export function safeImageUrl(value: string | null | undefined): string | null {
  if (!value) return null;
  if (URL.canParse(value)) {
    const { protocol, hostname, href } = new URL(value);
    const isAllowed =
      protocol === "https:" || (protocol === "http:" && loopbackHosts.has(hostname));
    return isAllowed ? href : null;
  }
  if (!value.startsWith("/") || !URL.canParse(value, placeholderOrigin)) return null;
  const { origin, pathname, search } = new URL(value, placeholderOrigin);
  return origin === placeholderOrigin ? pathname + search : null;
}
