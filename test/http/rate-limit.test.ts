import { describe, expect, it } from "vitest";

import { AppError } from "../../src/http/errors.ts";
import { describePeriod, type Limit, tooMany } from "../../src/http/limit.ts";
import { limitRate } from "../../src/http/rate-limit.ts";

const limit: Limit = {
  name: "tries",
  things: "tries",
  per: "network",
  attempts: 1,
  seconds: 60,
  kept: "memory",
};

/** Counts the attempts that pass when each client network has one. */
async function countAllowed(addresses: readonly string[]): Promise<number> {
  const count = limitRate(limit);
  const outcomes = await Promise.allSettled(addresses.map((address) => count(address)));
  return outcomes.filter(({ status }) => status === "fulfilled").length;
}

describe("tooMany()", () => {
  it("never tells to wait longer than the period, as the rounded time in the database would", () => {
    const { headers } = tooMany(limit, 60.0004).options;
    expect(headers).toMatchObject({ "Retry-After": "60", RateLimit: `"tries";r=0;t=60` });
  });
});

describe("limitRate()", () => {
  it("AP18 lets the declared number through, then is 429 and says when to try again", async () => {
    const count = limitRate({ ...limit, attempts: 2 });
    await count("192.0.2.1");
    await count("192.0.2.1");
    const refusal: unknown = await count("192.0.2.1").catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: "request.too_many", status: 429 });
    const { headers = {} } = (refusal as AppError).options;
    const { "Retry-After": retryAfter = "" } = headers;
    expect(Number(retryAfter)).toBeGreaterThan(50);
    expect(Number(retryAfter)).toBeLessThanOrEqual(60);
    expect(headers["RateLimit-Policy"]).toBe('"tries";q=2;w=60');
    expect(headers["RateLimit"]).toBe(`"tries";r=0;t=${retryAfter}`);
    expect((refusal as AppError).message).toMatch(
      /^There can be at most 2 tries in 1 minute\. Nothing was changed\. Please try again in (\d+ seconds|1 minute)\.$/,
    );
    await expect(count("192.0.2.2")).resolves.toBeUndefined();
  });

  it("CS10 counts all addresses of an IPv6 /64 as one client", async () => {
    expect(
      await countAllowed([
        "2001:db8:1:2::1",
        "2001:db8:1:2::ffff",
        "2001:0DB8:0001:0002:a:b:c:d",
        "2001:db8:1:2:1::",
      ]),
    ).toBe(1);
    expect(await countAllowed(["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8::1", "::1"])).toBe(
      4,
    );
  });

  it("CS10 counts an IPv4 address as one client in every spelling", async () => {
    expect(
      await countAllowed([
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "::FFFF:192.0.2.1",
        "::ffff:c000:201",
        "0:0:0:0:0:ffff:c000:0201",
      ]),
    ).toBe(1);
    expect(await countAllowed(["::ffff:192.0.2.1", "::ffff:192.0.2.2"])).toBe(2);
  });

  it("counts texts that are no addresses", async () => {
    expect(await countAllowed(["", "", "unknown", "fe80::1%eth0", "fe80::2%eth0"])).toBe(3);
  });
});

describe("describePeriod()", () => {
  it.each([
    [0, "1 second"],
    [1, "1 second"],
    [59.2, "60 seconds"],
    [60, "1 minute"],
    [61, "2 minutes"],
    [3_600, "1 hour"],
    [86_399, "24 hours"],
    [86_400, "1 day"],
    [200_000, "3 days"],
  ])("%d seconds: %s", (seconds, text) => {
    expect(describePeriod(seconds)).toBe(text);
  });
});
