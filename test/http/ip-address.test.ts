import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

import Koa from "koa";
import { describe, expect, it } from "vitest";

import { readAddress, readClientAddresses } from "../../src/http/ip-address.ts";
import { useApplication } from "../support/application.ts";

describe("readAddress()", () => {
  it.each([
    // Azure's gateways and others write the port.
    ["192.0.2.51:4711", "192.0.2.51"],
    ["192.0.2.51", "192.0.2.51"],
    ['"192.0.2.51:4711"', "192.0.2.51"],
    ["192.0.2.51:_hidden", "192.0.2.51"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ['"[2001:db8::1]:4711"', "2001:db8::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:80", "fe80::1"],
    ["::ffff:192.0.2.51", "192.0.2.51"],
    // IPv4 addresses that a host with IPv6 only gets.
    ["64:ff9b::192.0.2.51", "192.0.2.51"],
    ["::ffff:0:192.0.2.51", "192.0.2.51"],
    ["64:ff9b:1::c000:233", "64:ff9b:1::c000:233"],
    ["::ffff:c000:233", "192.0.2.51"],
    ["[::ffff:192.0.2.51]:4711", "192.0.2.51"],
  ])("reads %j as %s", (text, address) => {
    expect(readAddress(text)).toBe(address);
  });

  it.each([
    "",
    "unknown",
    "_hidden",
    "for=192.0.2.51",
    "192.0.2.51:",
    "192.0.2.256",
    "192.0.2",
    "[192.0.2.51]:80",
    "[2001:db8::1",
    "2001:db8::1]",
    "fe80::1/64",
    "192.0.2.51, 10.0.0.1",
    "example.com",
    "x".repeat(10_000),
  ])("is null for %j, which is no address", (text) => {
    expect(readAddress(text)).toBeNull();
  });
});

/** @returns the client's address that the application finds, for a connection from this machine */
async function seenAs(hops: number, forwarded: string | string[], more = {}): Promise<string> {
  const app = new Koa();
  app.use(readClientAddresses(hops));
  app.use((ctx) => {
    ctx.body = ctx.ip;
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const headers = { ...(forwarded.length > 0 && { "X-Forwarded-For": forwarded }), ...more };
  const [answer] = (await once(get({ port, headers, host: "127.0.0.1" }), "response")) as [
    IncomingMessage,
  ];
  const seen = await readText(answer);
  server.close();
  return seen;
}

describe("readClientAddresses()", () => {
  const here = "127.0.0.1";
  it.each([
    [0, "192.0.2.51", here],
    [1, "", here],
    [1, "192.0.2.51", "192.0.2.51"],
    [1, "192.0.2.51:4711", "192.0.2.51"],
    [1, "[2001:DB8::1]:4711", "2001:db8::1"],
    [1, "1.1.1.1, 192.0.2.51:4711", "192.0.2.51"],
    [1, "1.1.1.1 , , 192.0.2.51 ,", "192.0.2.51"],
    [1, "1.1.1.1, unknown", here],
    [2, "1.1.1.1, 192.0.2.51, 10.0.0.1", "192.0.2.51"],
    [2, "1.1.1.1, 192.0.2.51:80, [fd00::1]:443", "192.0.2.51"],
    [2, "1.1.1.1, _hidden, 10.0.0.1", "10.0.0.1"],
    [2, "192.0.2.51", "192.0.2.51"],
    [1, ["1.1.1.1", "192.0.2.51:4711"], "192.0.2.51"],
    [2, ["1.1.1.1", "192.0.2.51:4711, 10.0.0.1"], "192.0.2.51"],
  ])("CS10 behind %d proxies, X-Forwarded-For %j is %s", async (hops, forwarded, address) => {
    expect(await seenAs(hops, forwarded)).toBe(address);
  });

  it("CS10 ignores all other headers, which a proxy may pass on from the client", async () => {
    const claims = { Forwarded: "for=1.1.1.1", "X-Real-IP": "1.1.1.1", "Client-IP": "1.1.1.1" };
    expect(await seenAs(1, "", claims)).toBe(here);
    expect(await seenAs(1, "192.0.2.51", claims)).toBe("192.0.2.51");
  });
});

describe("a client of the local network", () => {
  const application = useApplication({ environment: { TRUSTED_PROXY_HOPS: "1" } });

  it("can change data, and is recorded without its zone", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    const answer = await agent
      .post("/organizations")
      .set("X-Forwarded-For", "fe80::1%eth0")
      .type("form")
      .send({ name: "Nearby" });
    expect(answer.status).toBe(303);
    const events = await application.query(
      "select host(ip) as ip from audit_events where actor_id = $1",
      [person.id],
    );
    expect(events).toEqual([{ ip: "fe80::1" }]);
  });
});
