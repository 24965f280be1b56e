import { describe, expect, it } from "vitest";

import { isUnasked } from "../../dev/run/log-lines.ts";

const line = (change: object) =>
  JSON.stringify({
    msg: "request",
    method: "POST",
    route: "/webhooks/logto",
    status: 204,
    ...change,
  });

describe("npm run dev", () => {
  it.each([
    ["a webhook of the stand-in", line({}), undefined, true],
    ["a style sheet", line({ method: "GET", route: null, status: 200 }), "info", true],
    ["a webhook that was refused", line({ status: 401 }), undefined, false],
    [
      "a page that is not there",
      line({ method: "GET", route: null, status: 404 }),
      undefined,
      false,
    ],
    ["a page", line({ method: "GET", route: "/", status: 200 }), undefined, false],
    ["a webhook, to someone who wants all", line({}), "debug", false],
    ["another line", line({ msg: "listening" }), undefined, false],
    ["a line that only begins like one", "{ not JSON", undefined, false],
    ["words", "Error: no", undefined, false],
  ])("keeps %s out of what it says, or says it", (_what, said, logLevel, isKeptOut) => {
    expect(isUnasked(said, logLevel)).toBe(isKeptOut);
  });
});
