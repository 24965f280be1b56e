import { AppError } from "./errors.ts";

/** So many attempts in so many seconds. */
export type RateLimit = { attempts: number; seconds: number };

/** How often a person may do something. docs/limits.md lists each one that a `limits.ts` exports. */
export type Limit = RateLimit & {
  /** The name of the counter, and of the policy in the headers. In kebab-case. */
  name: string;
  /** The counted things, in words for people: "new organizations". */
  things: string;
  /** Tells a person why they have to wait, where the numbers do not. */
  reason?: string;
  /** The owner of the count: "person". */
  per: string;
  /** `memory`: each instance counts for itself. `database`: all instances count together. */
  kept: "memory" | "database";
};

/** How many things can exist at the same time. */
export type StandingLimit = { things: string; per: string; most: number };

/**
 * The error for a limit that is used up, with `Retry-After` (RFC 9110, section 10.2.3) and the fields of
 * draft-ietf-httpapi-ratelimit-headers.
 *
 * @param wait seconds until the next attempt may succeed
 */
export function tooMany(limit: Limit, wait: number): AppError {
  const { name, attempts, things, seconds } = limit;
  const reason =
    limit.reason ?? `There can be at most ${attempts} ${things} in ${describePeriod(seconds)}.`;
  // A stored time is rounded, so the wait can be a little longer than the period.
  const rest = Math.min(seconds, wait);
  const detail = `${reason} Nothing was changed. Please try again in ${describePeriod(rest)}.`;
  const entry = { status: 429, title: "You have reached a limit", detail };
  const left = String(Math.max(1, Math.ceil(rest)));
  const headers = {
    "Retry-After": left,
    "RateLimit-Policy": `"${name}";q=${attempts};w=${seconds}`,
    RateLimit: `"${name}";r=0;t=${left}`,
  };
  return new AppError("request.too_many", entry, { headers });
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Rounded up, in the largest unit that leaves a number people can use: "1 day", "5 hours", "1 second". */
export function describePeriod(seconds: number): string {
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? (["second", 1] as const);
  const count = Math.max(1, Math.ceil(seconds / length));
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
