import { describe, expect, it } from "vitest";

import { cursorField, writeCursor } from "../../src/http/cursor-field.ts";

const id = "0191d2c0-0000-7000-8000-00000000000a";
const encode = (text: string) => Buffer.from(text).toString("base64url");

describe("cursorField", () => {
  it("reads what writeCursor() wrote", () => {
    const position = { time: "2026-11-24T10:00:00.123Z", id };
    expect(writeCursor(position)).toMatch(/^[\w-]+$/);
    expect(cursorField.parse(writeCursor(position))).toEqual(position);
  });

  it("reads an id in capitals as the same one", () => {
    const text = encode(`2026-11-24T10:00:00.123Z ${id.toUpperCase()}`);
    expect(cursorField.parse(text).id).toBe(id);
  });

  it.each([
    "",
    "x",
    "🦊",
    "A".repeat(5_000),
    encode(""),
    encode(id),
    encode("2026-11-24T10:00:00.000Z"),
    encode("2026-11-24T10:00:00.000Z 1"),
    encode(`now ${id}`),
    encode(`infinity ${id}`),
    encode(`2026-02-30T10:00:00.000Z ${id}`),
    encode(`2026-13-45T10:00:00.000Z ${id}`),
    encode(`2026-11-24T10:00:00.000+01:00 ${id}`),
    encode(`0000-01-01T10:00:00.000Z ${id}`),
    [encode(`2026-11-24T10:00:00.000Z ${id}`)],
  ])("AP06 refuses %s", (text) => {
    expect(cursorField.safeParse(text).success).toBe(false);
  });
});
