import { isIPv6 } from "node:net";

import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

import { type AppError, httpError } from "./errors.ts";

/** How many times, in how many seconds. */
export type RateLimit = { attempts: number; seconds: number };

/**
 * Limits how often a client network may do something, per instance of the application.
 *
 * @returns a function that counts one attempt of an address, and throws request.too_many with `Retry-After`
 */
export function limitRate(limit: RateLimit): (ip: string) => Promise<void> {
  const count = limitEach(limit);
  return (ip) => count(clientNetwork(ip));
}

/** The same for each of whatever has a name of its own, such as an organization's id. */
export function limitEach({ attempts, seconds }: RateLimit): (name: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points: attempts, duration: seconds });
  return async (name) => {
    try {
      await limiter.consume(name);
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
    }
  };
}

/**
 * Limits how often a client network may guess: whoever guessed wrong too often gets no answer for a while, not to
 * a right guess either.
 *
 * @public
 */
export function limitGuesses({ attempts, seconds }: RateLimit) {
  const limiter = new RateLimiterMemory({ points: attempts, duration: seconds });
  return {
    /** @throws request.too_many */
    async check(ip: string): Promise<void> {
      const counted = await limiter.get(clientNetwork(ip));
      if (counted && counted.consumedPoints >= attempts) throw tooMany(counted);
    },
    async countWrong(ip: string): Promise<void> {
      await limiter.penalty(clientNetwork(ip));
    },
  };
}

function tooMany({ msBeforeNext }: RateLimiterRes): AppError {
  const retryAfter = String(Math.ceil(msBeforeNext / 1000));
  return httpError("request.too_many", { headers: { "Retry-After": retryAfter } });
}

/** An IPv6 client owns a /64 at least, and can change its address within at will. */
function clientNetwork(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mappedIpv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mappedIpv4) return mappedIpv4;
  const [head = "", tail = ""] = ip.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  const groups = ip.includes("::") ? [...left, ...zeros, ...right] : left;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
