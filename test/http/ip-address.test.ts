import { describe, expect, it } from "vitest";

import { writeInet } from "../../src/http/ip-address.ts";
import { useApplication } from "../support/application.ts";

describe("writeInet()", () => {
  it("leaves addresses as they are", () => {
    for (const ip of ["192.0.2.1", "::1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1"]) {
      expect(writeInet(ip)).toBe(ip);
    }
  });

  it("leaves out the zone of an address of the local network, which PostgreSQL does not know", () => {
    expect(writeInet("fe80::1%eth0")).toBe("fe80::1");
    expect(writeInet("fe80::1%2")).toBe("fe80::1");
  });

  it("makes nothing of what is no address", () => {
    for (const text of ["", "unknown", "_hidden", "192.0.2.1:80", "%eth0", "fe80::1/64", "1"]) {
      expect(writeInet(text), text).toBeNull();
    }
  });
});

describe("a client of the local network", () => {
  const application = useApplication({ environment: { TRUSTED_PROXY_HOPS: "1" } });

  it("can change something, and is recorded without its zone", async () => {
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
