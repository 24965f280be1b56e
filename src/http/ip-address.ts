import { isIP } from "node:net";

/**
 * An address as PostgreSQL's type inet takes it: without the zone that an IPv6 address of the local network
 * may have (RFC 4007, section 11), which says something at this host only.
 *
 * @returns null for what is no address: a proxy may name a client by anything
 */
export function writeInet(ip: string): string | null {
  const address = ip.replace(/%.*$/s, "");
  return isIP(address) > 0 ? address : null;
}
