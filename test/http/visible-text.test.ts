import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { exactText, plainName } from "../../src/identity/plain-text.ts";
import { displayName } from "../../src/identity/display-name.ts";
import { nameField } from "../../src/http/name-field.ts";
import { cleanName, hasHidden } from "../../src/http/visible-text.ts";
import { anyText } from "../support/any-text.ts";

/** "Ada" with invisible characters. */
const hidden: [string, string][] = [
  ["a direction override", "A\u202eda"],
  ["a direction embedding and its end", "\u202aAda\u202c"],
  ["isolates", "\u2066A\u2067d\u2068a\u2069"],
  ["direction marks", "A\u200ed\u200fa\u061c"],
  ["a zero-width space", "A\u200bda"],
  ["a word joiner and invisible operators", "A\u2060\u2061\u2062\u2063\u2064da"],
  ["byte order marks", "A\ufeffda"],
  ["soft hyphens", "A\u00add\u00ada"],
  ["a grapheme joiner", "A\u034fda"],
  ["Khmer inherent vowels", "A\u17b4\u17b5da"],
  ["Mongolian variants", "A\u180b\u180c\u180d\u180e\u180fda"],
  ["tags", "A\u{e0001}\u{e0064}\u{e0061}\u{e007f}da"],
  ["variation selectors", "A\ufe0f\ufe00\u{e0100}da"],
  ["a joiner between letters that need none", "A\u200dd\u200ca"],
  ["control characters", "A\u0000\u0007d\u001ba"],
  ["control characters of C1", "A\u009bda\u0080"],
  ["halves of surrogate pairs", "A\ud83ddа".replace("а", "a") + "\udc00"],
  ["private use", "A\ue000da\u{f0000}"],
  ["noncharacters", "A\ufffeda\ufdd0\u{1ffff}"],
  ["interlinear annotation", "A\ufff9da\ufffb"],
  ["shorthand and musical format controls", "A\u{1bca0}d\u{1d173}a"],
];

/** "Ada Lovelace" with other white space. */
const spaced: [string, string][] = [
  ["line breaks", "Ada\r\nLovelace"],
  ["tabs and many spaces", " Ada \t  Lovelace "],
  ["separators of lines and paragraphs", "Ada\u2028\u2029Lovelace"],
  ["other spaces", "\u00a0Ada\u2003\u3000Lovelace\u1680"],
  ["blank letters", "Ada\u3164\u115f\u1160\uffa0Lovelace"],
  ["blank Braille", "Ada\u2800Lovelace\u2800"],
  ["a next line", "Ada\u0085Lovelace"],
];

const nothing = [
  "",
  " ",
  "\u3164",
  "\u2800",
  "\u200b",
  "\u202e\u202c",
  "\u00ad",
  "\u200d",
  "\ufe0f",
  "\u{e0041}",
  "\u034f",
  "\u115f\u1160",
  "\u0301",
  "\u0000",
  "\ud800",
  "\u2028",
  "\ue000",
  "\ufeff",
  "\uffa0",
  "\u17b5",
  "\u180e",
  "\u2064",
  "\ufffc",
  "\u{1d159}",
  " \u0300\u200d",
];

const real = [
  "Ada Lovelace",
  "Zoë-Marie O'Brien",
  "Nguyễn Thị Ánh",
  "李小龍",
  "أحمد",
  "می‌خواهم",
  "क्‍ष",
  "ශ්‍රී",
  "👩‍🚀 Ada",
  "👨‍👩‍👧‍👦",
  "❤️",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "🇩🇪 GmbH",
  "1️⃣",
  "葛󠄀城",
  "שָׁלוֹם",
  "ไทยน้ำ",
  "বাংলা",
  "Ünï & Co. (x) <y>",
  "#1",
  "—",
];

describe("cleanName()", () => {
  it.each(hidden)("AP04 removes %s", (_what, text) => {
    expect(cleanName(text)).toBe("Ada");
    expect(hasHidden(text)).toBe(true);
  });

  it.each(spaced)("AP04 makes one line of %s", (_what, text) => {
    expect(cleanName(text)).toBe("Ada Lovelace");
  });

  it.each(nothing.map((text) => [JSON.stringify(text), text]))(
    "AP04 is null where nothing is visible: %s",
    (_shown, text) => {
      expect(cleanName(text)).toBeNull();
      expect(displayName({ name: text, username: text, email: null })).toBe("Unnamed person");
    },
  );

  it.each(real)("leaves real names alone: %s", (text) => {
    expect(cleanName(text)).toBe(text.normalize("NFC"));
    expect(nameField.parse(text)).toBe(text.normalize("NFC"));
  });

  it("AP04 bounds accents and length, in Unicode's composed form", () => {
    expect(cleanName("e\u0301")).toBe("é");
    expect(cleanName(`Z${"\u0335".repeat(50)}a${"\u0301\u0316".repeat(50)}`)?.length).toBeLessThan(
      12,
    );
    expect(Array.from(cleanName("🦊".repeat(5_000)) ?? "")).toHaveLength(200);
    expect(cleanName(`\u200b${" ".repeat(1e6)}`)).toBeNull();
  });

  it("AP04 gives a name that it does not change again, for any text", () => {
    const odd = fc.constantFrom(
      ...hidden.flatMap(([, text]) => Array.from(text)),
      ...nothing,
      " ",
      "\n",
      "ش",
      "क",
      "्",
      "👩",
      "\u200d",
      "\u200c",
      "\u0301",
      "\u064b",
    );
    expect(cleanName("\u064b\u200d\u064bA")).toBe("A");
    const text = fc.oneof(anyText(), fc.string({ unit: odd }));
    fc.assert(
      fc.property(text, (given) => {
        const name = cleanName(given);
        if (name === null) return;
        expect(cleanName(name)).toBe(name);
        expect(name).toBe(name.trim());
        expect(name).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(hasHidden(name)).toBe(false);
      }),
    );
  });
});

describe("nameField", () => {
  const readFault = (text: string) =>
    nameField.safeParse(text).error?.issues.map(({ message }) => message);

  it.each(hidden.filter(([what]) => !what.includes("surrogate")))(
    "AP04 refuses %s in a form",
    (_what, text) => {
      expect(readFault(text)).toEqual(["Please use visible characters only."]);
    },
  );

  it("AP04 says that a name has no visible character", () => {
    for (const text of ["\u3164", "\u2800\u2800", "\u200b", "\u{e0041}"]) {
      expect(readFault(text)).toEqual(["This has no visible character. Please enter a name."]);
    }
    expect(readFault("  ")).toEqual(["Please enter a name."]);
  });

  it("keeps one space where there were several", () => {
    expect(nameField.parse(" Ada \u00a0 Lovelace ")).toBe("Ada Lovelace");
  });
});

describe("a provider's text", () => {
  it("is cleaned where it is a name", () => {
    expect(plainName.parse("A\u202eda\n")).toBe("Ada");
    for (const none of [undefined, null, "", "\u3164"]) expect(plainName.parse(none)).toBeNull();
  });

  it("AP04 is null for an address or a handle with hidden characters, since a cleaned one could be another person's", () => {
    for (const [, text] of hidden) expect(exactText.parse(`${text}@x.example`)).toBeNull();
    expect(exactText.parse("vic\u200btim@x.example")).toBeNull();
    expect(exactText.parse("a\nb@x.example")).toBeNull();
    expect(exactText.parse(" ada@x.example ")).toBe("ada@x.example");
    expect(z.array(exactText).parse([null, undefined, ""])).toEqual([null, null, null]);
  });
});
