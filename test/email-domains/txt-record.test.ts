import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  createTxtResolver,
  describeRecord,
  findRecord,
} from "../../src/email-domains/txt-record.ts";
import { productSlug } from "../../src/runtime/product.ts";
import { type DnsAnswer, startDnsServer } from "./dns-server.ts";
import { dnsFault } from "./world.ts";

const challenge = "x".repeat(43);
const claim = (domain: string) => ({ domain, challenge });

describe("describeRecord()", () => {
  it("names a record below the domain that cannot be a host name", () => {
    expect(describeRecord(claim("acme.example"))).toEqual({
      name: `_${productSlug}.acme.example`,
      value: `${productSlug}-verification=${challenge}`,
    });
  });
});

describe("findRecord()", () => {
  const value = `${productSlug}-verification=${challenge}`;

  it.each([
    ["among others", [["v=spf1 -all"], [value], [`${productSlug}-verification=another`]], "found"],
    ["in several chunks", [[`${productSlug}-`, "verification=", challenge]], "found"],
    ["none", [], "missing"],
    ["another challenge", [[`${productSlug}-verification=another`]], "missing"],
    ["a longer text", [[`${value} `], [`"${value}"`], [`x${value}`]], "missing"],
    ["other letters", [[value.toUpperCase()]], "missing"],
    ["two records with half of it", [[`${productSlug}-verification=`], [challenge]], "missing"],
  ])("for records with %s", async (_what, records, expected) => {
    expect(await findRecord(() => Promise.resolve(records), claim("a.example"))).toBe(expected);
  });

  it.each([
    { codes: ["ENOTFOUND", "ENODATA"], expected: "missing" },
    {
      codes: ["ESERVFAIL", "EREFUSED", "ETIMEOUT", "ECONNREFUSED", "EBADRESP", "ECANCELLED"],
      expected: "unanswered",
    },
  ])("for the errors $codes: $expected", async ({ codes, expected }) => {
    for (const code of codes) {
      const found = findRecord(() => Promise.reject(dnsFault(code)), claim("a.example"));
      expect(await found, code).toBe(expected);
    }
  });
});

describe("findRecord(), asking a DNS server", () => {
  const answers = new Map<string, DnsAnswer>([
    [
      `_${productSlug}.there.example`,
      [["v=spf1 -all"], [`${productSlug}-verification=${challenge}`]],
    ],
    [`_${productSlug}.chunked.example`, [[`${productSlug}-`, "verification=", challenge]]],
    [`_${productSlug}.empty.example`, []],
    [`_${productSlug}.broken.example`, "SERVFAIL"],
    [`_${productSlug}.refusing.example`, "REFUSED"],
    [`_${productSlug}.silent.example`, "silence"],
    // Not where it would count.
    ["nowhere.example", [[`${productSlug}-verification=${challenge}`]]],
  ]);
  let dns: Awaited<ReturnType<typeof startDnsServer>>;
  beforeAll(async () => {
    dns = await startDnsServer(answers);
  });
  afterAll(() => dns.close());

  it.each([
    ["there", "found"],
    ["chunked", "found"],
    ["empty", "missing"],
    ["nowhere", "missing"],
    ["broken", "unanswered"],
    ["refusing", "unanswered"],
  ])("for %s.example: %s", async (name, expected) => {
    const resolveTxt = createTxtResolver({ servers: [dns.server] });
    expect(await findRecord(resolveTxt, claim(`${name}.example`))).toBe(expected);
  });

  it("stops after the second try at a silent server", async () => {
    const resolveTxt = createTxtResolver({ servers: [dns.server], timeout: 50 });
    const before = dns.count();
    expect(await findRecord(resolveTxt, claim("silent.example"))).toBe("unanswered");
    expect(dns.count() - before).toBe(2);
  });

  it("has no answer without a server", async () => {
    const resolveTxt = createTxtResolver({ servers: ["127.0.0.1:9"], timeout: 50 });
    expect(await findRecord(resolveTxt, claim("there.example"))).toBe("unanswered");
  });

  it("has no answer for a name that is too long to be one", async () => {
    const resolveTxt = createTxtResolver({ servers: [dns.server] });
    const long = `${`${"a".repeat(61)}.`.repeat(4)}example`;
    expect(await findRecord(resolveTxt, claim(long))).toBe("unanswered");
  });
});
