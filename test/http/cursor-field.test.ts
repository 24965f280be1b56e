import { describe, expect, it } from "vitest";

import { cursorField, position, writeCursor } from "../../src/http/cursor-field.ts";
import { dateField } from "../../src/http/form-fields.ts";

const id = "0191d2c0-0000-7000-8000-00000000000a";
const encode = (text: string) => Buffer.from(text).toString("base64url");

describe("cursorField()", () => {
  const field = cursorField(position);

  it("reads what writeCursor() wrote", () => {
    const first = { time: "2026-11-24T10:00:00.123Z", id };
    expect(writeCursor(first)).toMatch(/^[\w-]+$/);
    expect(field.parse(writeCursor(first))).toEqual(first);
  });

  it("reads an id in capitals as the same one", () => {
    const text = writeCursor({ time: "2026-11-24T10:00:00.123Z", id: id.toUpperCase() });
    expect(field.parse(text).id).toBe(id);
  });

  it("passes every JSON on to its schema", () => {
    const dates = cursorField(dateField.optional().transform(() => "read"));
    expect(dates.safeParse(writeCursor({})).success).toBe(false);
    expect(dates.safeParse(encode('"2030-01-31"')).data).toBe("read");
  });

  it.each([
    "",
    "x",
    "🦊",
    "A".repeat(5_000),
    encode(""),
    encode("null"),
    encode(id),
    writeCursor({ id }),
    writeCursor({ time: "2026-11-24T10:00:00.000Z" }),
    writeCursor({ time: "2026-11-24T10:00:00.000Z", id: "1" }),
    writeCursor({ time: "now", id }),
    writeCursor({ time: "infinity", id }),
    writeCursor({ time: "2026-02-30T10:00:00.000Z", id }),
    writeCursor({ time: "2026-13-45T10:00:00.000Z", id }),
    writeCursor({ time: "2026-11-24T10:00:00.000+01:00", id }),
    writeCursor({ time: "0000-01-01T10:00:00.000Z", id }),
    [writeCursor({ time: "2026-11-24T10:00:00.000Z", id })],
  ])("AP06 refuses %s", (text) => {
    expect(field.safeParse(text).success).toBe(false);
  });
});
