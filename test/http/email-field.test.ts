import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  emailField,
  nameMailbox,
  normalizeDomain,
  normalizeEmail,
} from "../../src/http/email-field.ts";
import { anyText } from "../support/any-text.ts";

const kelvin = "\u212a";

describe("nameMailbox()", () => {
  it.each([
    ["ada@example.com", "ada@example.com"],
    ["a.d.a+one@example.com", "ada@example.com"],
    ["ada+two+three@example.com", "ada@example.com"],
    ["+ada@example.com", "+ada@example.com"],
  ])("IN11 is one for all spellings that reach one person: %s", (address, mailbox) => {
    expect(nameMailbox(address)).toBe(mailbox);
  });
});

describe("normalizeEmail()", () => {
  it.each([
    ["ada@example.com", "ada@example.com"],
    ["  Ada@Example.COM ", "ada@example.com"],
    ["o'neill@example.ie", "o'neill@example.ie"],
    ["a!#$%&'*+/=?^_`{|}~-@x.example", "a!#$%&'*+/=?^_`{|}~-@x.example"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"],
    // UTS 46 makes this domain ASCII. It is compared, and not shown.
    [`ada@${kelvin}elvin.example`, "ada@kelvin.example"],
    [`${"a".repeat(64)}@example.com`, `${"a".repeat(64)}@example.com`],
  ])("IN09 has one form for one address: %j", (given, expected) => {
    expect(normalizeEmail(given)).toBe(expected);
  });

  it.each([
    ["nothing", ""],
    ["no @", "ada"],
    ["nothing before it", "@example.com"],
    ["two of them", "ada@x.example@y.example"],
    ["a list", "a@x.example,b@y.example"],
    ["CRLF and a header", "a@x.example\r\nBcc: b@y.example"],
    ["a NUL", "a\u0000@x.example"],
    ["a name", "Ada <ada@x.example>"],
    ["HTML in the domain", "a@<b>x.example"],
    ["a quoted local part", '"a b"@x.example'],
    ["a comment", "ada(comment)@x.example"],
    ["the Kelvin sign for a k", `mi${kelvin}e@x.example`],
    ["a dotless i", "ma\u0131l@x.example"],
    ["a long s", "\u017fam@x.example"],
    ["an @ that is none", "ada＠x.example"],
    ["dots at the ends", ".ada.@x.example"],
    ["two dots", "a..b@x.example"],
    ["a local part that is too long", `${"a".repeat(65)}@x.example`],
    ["an address that is too long", `a@${"b".repeat(60)}.${"c.".repeat(100)}example`],
    ["a host without a dot", "ada@localhost"],
    ["a domain literal", "ada@[127.0.0.1]"],
    ["a path", "ada@x.example/y"],
    ["a dot at the end", "ada@x.example."],
    ["a hyphen at an end", "ada@-x.example"],
    ["percent escapes in the domain", "ada@x%2eexample"],
  ])("IN10 takes no address with %s", (_what, given) => {
    expect(normalizeEmail(given)).toBeNull();
  });

  it("IN10 makes of any text nothing, or one address that is plain ASCII, and stays itself", () => {
    const piece = fc.oneof(
      fc.constantFrom("@", ".", ",", ";", " ", "\r\n", "<", ">", '"', kelvin, "a", "x.example"),
      anyText(5),
      fc.emailAddress(),
    );
    const texts = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(texts, (text) => {
        const address = normalizeEmail(text);
        if (address === null) return;
        expect(address).toMatch(/^[!-~]+$/);
        expect(address).toMatch(/^[^@,;<>"()[\]\\:]+@[a-z0-9.-]+\.[a-z0-9-]+$/);
        expect(address).toBe(address.toLowerCase());
        expect(address.length).toBeLessThanOrEqual(254);
        expect(normalizeEmail(address)).toBe(address);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes what everybody calls an address, whatever its case", () => {
    const common = fc.emailAddress({ size: "small" }).filter((each) => each.length <= 254);
    fc.assert(
      fc.property(common, (address) => {
        const domain = normalizeDomain(address.slice(address.lastIndexOf("@") + 1));
        fc.pre(domain !== null);
        expect(normalizeEmail(address.toUpperCase())).toBe(normalizeEmail(address));
        expect(normalizeEmail(address)).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});

describe("normalizeDomain()", () => {
  it.each([
    ["Example.COM", "example.com"],
    [" bücher.example ", "xn--bcher-kva.example"],
    ["a.b.c.example", "a.b.c.example"],
  ])("has one form for one domain: %j", (given, expected) => {
    expect(normalizeDomain(given)).toBe(expected);
  });

  it.each([
    "",
    ".",
    "localhost",
    "1.2.3.4",
    "a b.example",
    "x.example/",
    "x.example?y",
    "x.example#y",
    "x.example\\y",
    "x%2eexample",
    "x／y.example",

    "@x.example",
  ])("takes none of %j", (given) => {
    expect(normalizeDomain(given)).toBeNull();
  });
});

describe("emailField", () => {
  it("gives the address in its one form", () => {
    expect(emailField.parse(" Ada@Example.com ")).toBe("ada@example.com");
  });

  it.each([
    ["a@x.example,b@x.example", "one email address"],
    [undefined, "an email address"],
    [["a@x.example"], "an email address"],
    [{ contains: "" }, "an email address"],
  ])("asks for one instead of %j", (given, words) => {
    const { error } = emailField.safeParse(given);
    expect(error?.issues.map(({ message }) => message)).toEqual([`Please enter ${words}.`]);
  });
});
