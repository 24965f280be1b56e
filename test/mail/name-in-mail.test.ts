import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nameInMail } from "../../src/mail/name-in-mail.ts";

/** Spellings of addresses that some mail program makes a link of, or a person could take for one. */
const links = [
  "www.evil.example",
  "evil.example",
  "evil.example:8443/login?x=1#y",
  "http://evil.example",
  "https://evil.example/a.b",
  "https:evil.example",
  "https:\\\\evil.example",
  "\\\\evil\\share",
  "//evil.example",
  "https://user@evil.example",
  "mailto:eve@evil.example",
  "eve@evil.example",
  "eve@evil",
  "192.0.2.1/login",
  "http://[2001:db8::1]/",
  "bücher.example",
  "пример.рф",
  "例え。jp",
  "evil。example",
  "evil．example",
  "evil｡example",
  "evil﹒example",
  "evil․example",
  "ｗｗｗ．ｅｖｉｌ．ｅｘａｍｐｌｅ",
  "https：／／evil.example",
  "eve＠evil.example",
  "evil.\u200bexample",
  "evil\u200b.example",
  "evil.\u00adexample",
  "evil.\u202eelpmaxe",
  "evil.example.",
  "[click](https://evil.example)",
  '<a href="https://evil.example">x</a>',
  "+1 900 555 0123",
  "+19005550123",
  "(900) 555-0123 99",
  "900.555.0123",
];

/** The characters that join a link: a dot, colon, slash or at sign with something on either side, whatever they look like. */
const isLinking =
  /[.\u2024\u3002\ufe52\uff0e\uff61:\uff1a/\uff0f\\@\uff20](?=[^\s.])|\p{Nd}(?:[\s().-]*\p{Nd}){8,}/u;

describe("nameInMail()", () => {
  it.each(links)("leaves nothing to link of %j", (link) => {
    for (const name of [link, `Verify now: ${link}`, `${link} Ltd.`, `Acme (${link})`]) {
      expect(nameInMail(name)).not.toMatch(isLinking);
      expect(nameInMail(name)).not.toMatch(/evil\S+example|https?:/);
    }
  });

  it.each([
    ["Ada Lovelace", "Ada Lovelace"],
    ["Acme Inc.", "Acme Inc."],
    ["Acme Inc. in Paris", "Acme Inc. in Paris"],
    ["Team: Robots", "Team: Robots"],
    ["日本語株式会社", "日本語株式会社"],
    ["Gruppe 47 – Köln", "Gruppe 47 – Köln"],
    ["Booking.com", "Booking com"],
    ["AC/DC", "AC DC"],
    ["J.R.R. Tolkien", "J R R. Tolkien"],
    ["ada@example.com", "ada example com"],
    ["Verify now: www.evil.example/login", "Verify now: www evil example login"],
    ["Call +1 900 555 0123", "Call …"],
    ["...", "..."],
    ["@", "@"],
  ])("writes %j as %j", (name, written) => {
    expect(nameInMail(name)).toBe(written);
  });

  it("leaves a part of every name, and nothing to link of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (name) => {
        expect(nameInMail(name)).not.toMatch(isLinking);
        expect(/\p{L}/u.test(name) && nameInMail(name) === "").toBe(false);
      }),
    );
  });
});
