import { loopbackHosts } from "../runtime/loopback.ts";
import { resolveOwnPath } from "../http/own-path.ts";

/**
 * The address of a picture that came from outside (an identity provider, a person), or null when a page must not load it.
 * Passes `https:` URLs, paths of this origin, and `http:` on a loopback host (the laptop's stand-ins); refuses
 * `javascript:`, `data:`, and other hosts in disguise.
 */
export function safeImageUrl(value: string | null | undefined): string | null {
  if (!value) return null;
  if (URL.canParse(value)) {
    const { protocol, hostname, href } = new URL(value);
    const isAllowed =
      protocol === "https:" || (protocol === "http:" && loopbackHosts.has(hostname));
    return isAllowed ? href : null;
  }
  const url = resolveOwnPath(value);
  return url && url.pathname + url.search;
}
