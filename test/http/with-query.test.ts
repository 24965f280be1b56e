import { describe, expect, it } from "vitest";

import { withQuery } from "../../src/http/with-query.ts";

describe("withQuery()", () => {
  it.each([
    ["/a", {}, "/a"],
    ["/a", { b: undefined }, "/a"],
    ["/a", { b: "c", d: undefined, e: "" }, "/a?b=c&e="],
    ["/a?b=c", { d: "e" }, "/a?b=c&d=e"],
    ["/a?b=c", {}, "/a?b=c"],
    ["/a", { b: "1&c=2#3 ä" }, "/a?b=1%26c%3D2%233+%C3%A4"],
  ])("makes of %s and %o: %s", (path, values, expected) => {
    expect(withQuery(path, values)).toBe(expected);
  });
});
