import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";

const secure = useApplication({ environment: { BASE_URL: "https://app.example.com" } });

describe("the headers of every answer", () => {
  const plain = useApplication();
  const answers: [status: number, method: "get" | "post" | "put", path: string][] = [
    [200, "get", "/"],
    [200, "get", "/favicon.svg"],
    [200, "get", "/livez"],
    [303, "get", "/account"],
    [404, "get", "/nowhere"],
    [404, "get", "/%ZZ"],
    [405, "put", "/organizations"],
    [401, "post", "/organizations"],
    [400, "get", "/sign-in?with=someone"],
    [503, "get", "/sign-in"],
  ];

  it.each(answers)("CS08 CS14 guard a %i (%s %s)", async (status, method, path) => {
    const answer = await secure.visitor()[method](path);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    const policy = answer.headers["content-security-policy"] ?? "";
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "object-src 'none'",
      "frame-ancestors 'none'",
      "form-action 'self' http://127.0.0.1:9",
    ]) {
      expect(policy.split("; ")).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|\*|http:\/\/localhost/);
    expect(answer.headers).not.toHaveProperty("x-powered-by");
    expect(answer.headers).not.toHaveProperty("server");
  });

  it("CS08 promise https only on https", async () => {
    const { headers } = await plain.visitor().get("/");
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers["content-security-policy"]).toContain(
      "img-src 'self' https: http://localhost:*",
    );
  });

  it("SE20 forbid to store an answer, except files that are the same for everybody", async () => {
    const agent = await plain.signInAs(await plain.createPerson());
    for (const path of ["/", "/account", "/organizations", "/nowhere", "/sign-out", "/livez"]) {
      expect((await agent.get(path)).headers["cache-control"], path).toBe("no-store");
    }
    const file = await agent.get("/favicon.svg");
    expect(file.headers["cache-control"]).toMatch(/^public, max-age=\d+$/);
    expect(file.headers).not.toHaveProperty("set-cookie");
  });

  it("CS07 let no other site read anything", async () => {
    const agent = await plain.signInAs(await plain.createPerson());
    const preflight = await agent
      .options("/organizations")
      .set({ Origin: "https://evil.example", "Access-Control-Request-Method": "POST" });
    expect(preflight.status).toBe(405);
    const read = await agent.get("/account").set("Origin", "https://evil.example");
    for (const { headers } of [preflight, read]) {
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });

  it("SE17 ignore X-Forwarded-Proto", async () => {
    // Over https by its settings, reached without X-Forwarded-Proto: no "secure cookie" fault.
    const answer = await secure.visitor().post("/sign-out");
    expect(answer.status).toBe(303);
    expect(String(answer.headers["set-cookie"])).toMatch(/__Host-session=;.*secure/);
    const lied = await plain.visitor().post("/sign-out").set("X-Forwarded-Proto", "https");
    expect(String(lied.headers["set-cookie"])).not.toMatch(/secure/i);
  });
});
