import { describe, expect, it } from "vitest";

import { dateField } from "../../src/http/form-fields.ts";
import { placeField, writePlace } from "../../src/http/place-field.ts";

describe("placeField()", () => {
  it("reads what writePlace() wrote, and nothing that is no JSON or another place", () => {
    const field = placeField(dateField.optional().transform(() => "read"));
    expect(field.safeParse(writePlace({})).success).toBe(false);
    expect(field.safeParse("bm8ganNvbg").success).toBe(false);
    expect(field.safeParse(Buffer.from('"2030-01-31"').toString("base64url")).data).toBe("read");
  });
});
