import { loopbackHosts } from "../runtime/loopback.ts";
import { resolveOwnPath } from "../http/return-to.ts";

/**
 * Checks the address of a picture that comes from an identity provider or a person.
 *
 * @returns an `https:` URL, a path of this origin, or an `http:` URL of a loopback host (the laptop's stand-ins); null for
 *   anything else, such as `javascript:`, `data:`, and disguised hosts
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
