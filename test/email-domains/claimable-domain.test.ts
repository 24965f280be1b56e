import { describe, expect, it } from "vitest";

import { refuseDomain } from "../../src/email-domains/claimable-domain.ts";

describe("refuseDomain()", () => {
  it.each([
    "acme.com",
    "mail.acme.com",
    "acme.co.uk",
    "acme.example",
    "me.github.io",
    "xn--mller-kva.de",
  ])("accepts %s", (domain) => {
    expect(refuseDomain(domain)).toBeNull();
  });

  it.each([
    "co.uk",
    "com",
    "kawasaki.jp",
    "github.io",
    "herokuapp.com",
    "blogspot.com",
    "xn--p1ai",
  ])("refuses the public suffix %s", (domain) => {
    expect(refuseDomain(domain)).toMatch(/^Anyone can register a name under this domain/);
  });

  it.each([
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "yahoo.co.uk",
    "icloud.com",
    "gmx.de",
    "proton.me",
    "qq.com",
    "mailinator.com",
    "fastmail.com",
    "tuta.com",
    "xn--mllmail-n2a.com",
  ])("refuses the public mail provider %s", (domain) => {
    expect(refuseDomain(domain)).toMatch(/^Anyone can get an address at this domain/);
  });

  it.each(["mx.gmail.com", "a.b.hotmail.com", "eu.mail.yahoo.co.uk"])(
    "refuses %s, below a public mail provider",
    (domain) => {
      expect(refuseDomain(domain)).toMatch(/^Anyone can get an address at this domain/);
    },
  );
});
