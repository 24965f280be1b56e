import { describe, expect, it } from "vitest";

import { AppError } from "../../src/http/errors.ts";
import { limitRate } from "../../src/http/rate-limit.ts";

/** How many of these attempts are let through when each client network has one. */
async function countAllowed(addresses: readonly string[]): Promise<number> {
  const count = limitRate({ attempts: 1, seconds: 60 });
  const outcomes = await Promise.allSettled(addresses.map((address) => count(address)));
  return outcomes.filter(({ status }) => status === "fulfilled").length;
}

describe("limitRate()", () => {
  it("AP18 lets so many through, then is 429 and says when to come back", async () => {
    const count = limitRate({ attempts: 2, seconds: 60 });
    await count("192.0.2.1");
    await count("192.0.2.1");
    const refusal: unknown = await count("192.0.2.1").catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: "request.too_many", status: 429 });
    const { "Retry-After": retryAfter } = (refusal as AppError).options.headers ?? {};
    expect(Number(retryAfter)).toBeGreaterThan(50);
    expect(Number(retryAfter)).toBeLessThanOrEqual(60);
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

  it("CS10 counts an IPv4 address as itself, however it is written", async () => {
    expect(await countAllowed(["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:192.0.2.1"])).toBe(1);
    expect(await countAllowed(["::ffff:192.0.2.1", "::ffff:192.0.2.2"])).toBe(2);
  });

  it("is not put off by what is no address", async () => {
    expect(await countAllowed(["", "", "unknown", "fe80::1%eth0", "fe80::2%eth0"])).toBe(3);
  });
});
