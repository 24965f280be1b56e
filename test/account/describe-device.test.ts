import { describe, expect, it } from "vitest";

import { describeDevice } from "../../src/account/describe-device.ts";

const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0";

describe("describeDevice()", () => {
  it.each([
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, "Chrome on Windows"],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/143.0.0.0`,
      "Microsoft Edge on Windows",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
      "Safari on macOS",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
      "Safari on an iPhone",
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
      "Chrome on an Android phone",
    ],
    [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Safari/537.36`, "Chrome on an Android tablet"],
    [
      `Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      "Samsung Internet on an Android phone",
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`, "Chrome on Chrome OS"],
    ["Mozilla/5.0 (Windows NT 10.0) Made-Up/1.0 ", "A browser on Windows"],
  ])("calls %s by its name", (userAgent, name) => {
    expect(describeDevice(userAgent)).toBe(name);
  });

  it.each([
    null,
    "",
    "test",
    "Your-Bank/1.0 (trust me)",
    "<script>alert(1)</script>/1.0 x",
    "(".repeat(250) + "/".repeat(250),
  ])("repeats nothing that a client makes up: %s", (userAgent) => {
    expect(describeDevice(userAgent)).toBe("An unknown browser");
  });
});
