import { AppError } from "./errors.ts";

/** How many times, in how many seconds. */
export type RateLimit = { attempts: number; seconds: number };

/** How often somebody may do something. docs/limits.md is made of all that are exported from a `limits.ts`. */
export type Limit = RateLimit & {
  /** In kebab-case: it names the counter, and the policy in the headers. */
  name: string;
  /** What is counted, as people understand it: "new organizations". */
  things: string;
  /** Whose count it is: "person". */
  per: string;
  /** `memory`: each instance counts for itself. `database`: all instances count together. */
  kept: "memory" | "database";
};

/** How many of something there can be, however slowly they come. */
export type StandingLimit = { things: string; per: string; most: number };

/**
 * The refusal of a limit that is used up, with `Retry-After` (RFC 9110, section 10.2.3) and the fields of
 * draft-ietf-httpapi-ratelimit-headers.
 *
 * @param wait seconds until it can be tried again
 */
export function tooMany(limit: Limit, wait: number): AppError {
  const { attempts, things, seconds } = limit;
  const detail = `There can be at most ${attempts} ${things} in ${describePeriod(seconds)}. Nothing was changed. Please try again in ${describePeriod(wait)}.`;
  const entry = { status: 429, title: "You have reached a limit", detail };
  return new AppError("request.too_many", entry, { headers: limitHeaders(limit, wait) });
}

/** What a 429 says to programs. */
function limitHeaders({ name, attempts, seconds }: Limit, wait: number) {
  const left = String(Math.max(1, Math.ceil(wait)));
  return {
    "Retry-After": left,
    "RateLimit-Policy": `"${name}";q=${attempts};w=${seconds}`,
    RateLimit: `"${name}";r=0;t=${left}`,
  };
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
