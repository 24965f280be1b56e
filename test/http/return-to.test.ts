import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { safeReturnTo } from "../../src/http/return-to.ts";
import { anyText } from "../support/any-text.ts";

const here = "https://app.example.com";

describe("safeReturnTo()", () => {
  it.each([
    ["/organizations"],
    ["/o/acme/members?role=admin&page=2"],
    ["/invitations/abc"],
    ["/o/caf%C3%A9"],
    ["/sign-instructions"],
  ])("keeps %s", (path) => {
    expect(safeReturnTo(path)).toBe(path);
  });

  it.each([
    ["nothing", undefined],
    ["an empty value", ""],
    ["another site", "https://evil.example"],
    ["another site without a scheme", "//evil.example"],
    ["a slash that browsers turn around", "/\\evil.example"],
    ["a tab in between", "/\t/evil.example"],
    ["a dot in between", "/.//evil.example"],
    ["an encoded dot in between", "/%2e//evil.example"],
    ["a way up in between", "/o/..//evil.example"],
    ["a script", "javascript:alert(1)"],
    ["a header of its own", "/x\r\nSet-Cookie: session=evil"],
    ["a NUL", "/x\0"],
    ["a relative path", "organizations"],
    ["ten thousand characters", `/${"x".repeat(10_000)}`],
    ["characters that get ten thousand when encoded", `/${"漢".repeat(1_200)}`],
    ["the start of a sign-in", "/sign-in?returnTo=/x"],
    ["its callback", "/callback?code=x"],
    ["a sign-out", "/o/../sign-out"],
  ])("SI21 leads to the start page in place of %s", (_what, value) => {
    expect(safeReturnTo(value)).toBe("/");
  });

  it("SI21 never leaves this site for any input, and keeps its own results", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      ".",
      "%2e",
      "%2f",
      ":",
      "@",
      "?",
      "#",
      "\t",
      "evil.example",
    );
    const path = fc.array(fc.oneof(piece, anyText(5))).map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(path, (value) => {
        const result = safeReturnTo(value);
        expect(new URL(result, here).origin).toBe(here);
        expect(result).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        expect(safeReturnTo(result)).toBe(result);
      }),
      { numRuns: 2_000 },
    );
  });
});
