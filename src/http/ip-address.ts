import type { IncomingMessage } from "node:http";
import { isIP, isIPv4 } from "node:net";

import type { Middleware } from "koa";

/**
 * Sets `ctx.ip` to the address of the client, in one spelling. The outermost trusted proxy has noted it in
 * X-Forwarded-For. Without a proxy, it is the address of the connection.
 *
 * @param hops how many trusted proxies stand in front
 */
export function readClientAddresses(hops: number): Middleware {
  return async (ctx, next) => {
    ctx.request.ip = findClientAddress(ctx.req, hops);
    await next();
  };
}

/** Each proxy appends the address of its client, so the outermost trusted one wrote the entry `hops` places from the right. */
function findClientAddress({ headers, socket }: IncomingMessage, hops: number): string {
  // Node joins several headers by commas (RFC 9110, section 5.3).
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const entries = forwarded.filter((entry) => entry.trim() !== "");
  const connected = socket.remoteAddress ?? "";
  const candidates = [...(hops > 0 ? entries.slice(-hops) : []), connected].map(readAddress);
  // If an entry is no address, such as "unknown", the next proxy is nearest to the client.
  return candidates.find((address) => address !== null) ?? connected;
}

/**
 * Reads an address in every spelling that proxies write: with a port, in brackets, in quotes, in capitals, with a zone,
 * or as an IPv4 address inside an IPv6 one.
 *
 * @returns the address in the spelling of RFC 5952, without port and zone; null for anything else, since a proxy may
 *   name a client by any word (RFC 7239, section 6)
 */
export function readAddress(text: string): string | null {
  const bare = text.trim().replaceAll(/^"|"$/g, "").trim();
  const [, bracketed, ipv4] = /^\[([^\]]*)\](?::\w+)?$|^(\d+\.\d+\.\d+\.\d+):\w+$/.exec(bare) ?? [];
  // A zone has a meaning on this host only (RFC 4007, section 11).
  const address = (bracketed ?? ipv4 ?? bare).replace(/%.*$/s, "");
  if (isIP(address) === 0 || (bracketed !== undefined && isIPv4(address))) return null;
  if (isIPv4(address)) return address;
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  // On a host with IPv6 only, all IPv4 clients are translated, and would be one network (RFC 6052, section 2.1; RFC 7915).
  const mapped = /^(?:::ffff(?::0)?|64:ff9b:):([0-9a-f]+):([0-9a-f]+)$/.exec(short);
  if (!mapped) return short;
  const numbers = mapped.slice(1).map((group) => Number.parseInt(group, 16));
  return numbers.flatMap((number) => [number >> 8, number & 255]).join(".");
}

/** The network that belongs to one client: an IPv6 client owns at least a /64, and can use any address in it. */
export function clientNetwork(ip: string): string {
  const address = readAddress(ip);
  if (address === null || isIPv4(address)) return address ?? ip;
  const [left = [], right = []] = address.split("::").map((half) => half.match(/\w+/g) ?? []);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
