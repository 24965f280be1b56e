import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

import { clientNetwork } from "./ip-address.ts";
import { type Limit, tooMany } from "./limit.ts";

/**
 * Limits how often a client network may do something. Each instance of the application counts for itself.
 *
 * @returns a function that counts one attempt of an address, and throws request.too_many
 */
export function limitRate(limit: Limit): (ip: string) => Promise<void> {
  const count = limitEach(limit);
  return (ip) => count(clientNetwork(ip));
}

/** The same for anything with a name, such as an organization's id. */
export function limitEach(limit: Limit): (name: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points: limit.attempts, duration: limit.seconds });
  return async (name) => {
    try {
      await limiter.consume(name);
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes
        ? tooMany(limit, refusal.msBeforeNext / 1000)
        : refusal;
    }
  };
}
