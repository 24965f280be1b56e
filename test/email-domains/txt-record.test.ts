import { createSocket } from "node:dgram";
import { once } from "node:events";

import { describe, expect, it } from "vitest";

import {
  createTxtResolver,
  describeRecord,
  findRecord,
} from "../../src/email-domains/txt-record.ts";
import { productSlug } from "../../src/runtime/product.ts";
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

describe("createTxtResolver()", () => {
  const find = (server: string, domain: string) =>
    findRecord(createTxtResolver({ servers: [server], timeout: 50 }), claim(domain));

  it("stops after the second try at a silent server", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    let queries = 0;
    socket.on("message", () => (queries += 1));
    expect(await find(`127.0.0.1:${socket.address().port}`, "silent.example")).toBe("unanswered");
    expect(queries).toBe(2);
    socket.close();
  });

  it.each([
    ["without a server", "there.example"],
    ["for a name that is too long", `${`${"a".repeat(61)}.`.repeat(4)}example`],
  ])("has no answer %s", async (_case, domain) => {
    expect(await find("127.0.0.1:9", domain)).toBe("unanswered");
  });
});
