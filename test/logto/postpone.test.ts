import { describe, expect, it } from "vitest";

import { LogtoError } from "../../src/logto/client/logto-error.ts";
import { findDelay } from "../../src/logto/sync/postpone.ts";

const away = (retryAfter?: number) =>
  new LogtoError("unavailable", "away", retryAfter === undefined ? {} : { retryAfter });

describe("findDelay()", () => {
  it.each([
    [0, 0.5, 1],
    [1, 1, 2],
    [4, 8, 16],
    [8, 128, 256],
    [9, 150, 300],
    [5_000, 150, 300],
  ])("after %i tries is from %d to %d seconds", (tries, shortest, longest) => {
    expect(findDelay(away(), tries, 0)).toBe(shortest);
    expect(findDelay(away(), tries, 1)).toBe(longest);
  });

  it("is never the same for all who wait", () => {
    const delays = Array.from({ length: 100 }, () => findDelay(away(), 9));
    expect(new Set(delays).size).toBeGreaterThan(90);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(150);
    expect(Math.max(...delays)).toBeLessThanOrEqual(300);
  });

  it("FA14 is no shorter than Logto asked for, and later for some than for others", () => {
    expect(findDelay(away(60), 0, 0)).toBe(60.5);
    expect(findDelay(away(60), 3, 1)).toBe(68);
    expect(findDelay(away(0), 0, 0)).toBe(0.5);
  });
});
