import { describe, expect, it } from "vitest";

import { noticeField } from "../../src/http/notice-field.ts";

describe("noticeField()", () => {
  const notice = noticeField({ deleted: "It is gone." });

  it("reads the sentence of a code", () => {
    expect(notice.parse("deleted")).toBe("It is gone.");
  });

  it.each([undefined, "", "It is gone.", "constructor", "__proto__", ["deleted", "deleted"]])(
    "says nothing for %o",
    (value) => {
      expect(notice.parse(value)).toBeUndefined();
    },
  );
});
