import { connect } from "node:net";

import { describe, expect, it } from "vitest";

import { type Organization, useApplication } from "../support/application.ts";
import { withoutOwnScripts } from "../support/own-scripts.ts";

const application = useApplication();

/** Sends bytes unchanged. @returns the text of the answer, or "" for a closed connection */
async function sendRaw(text: string): Promise<string> {
  const socket = connect(Number(new URL(application.baseUrl).port), "127.0.0.1");
  socket.setEncoding("utf8").setTimeout(3_000, () => socket.destroy(new Error("no answer")));
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

const readStatus = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

/** A request with this first line and these headers, on a connection of its own. */
const request = (line: string, headers: readonly string[] = ["Host: localhost"], body = "") =>
  sendRaw([line, ...headers, "Connection: close", "", body].join("\r\n"));

describe("a hostile request", () => {
  it.each([
    ["two lengths", ["Content-Length: 1", "Content-Length: 2"]],
    ["a length and chunks", ["Content-Length: 3", "Transfer-Encoding: chunked"]],
    ["chunks by another name", ["Transfer-Encoding: xchunked"]],
    ["a folded header", ["X-A: 1", " folded"]],
    ["a space before the colon", ["Content-Length : 3"]],
  ])("AP08 is 400 with %s", async (_what, headers) => {
    const answer = await request(
      "POST /sign-out HTTP/1.1",
      ["Host: localhost", ...headers],
      "0\r\n\r\n",
    );
    expect(readStatus(answer)).toBe(400);
  });

  it("AP08 is 400 with a NUL in the path, or without a host", async () => {
    expect(readStatus(await request("GET /\0 HTTP/1.1"))).toBe(400);
    expect(readStatus(await request("GET / HTTP/1.1", []))).toBe(400);
  });

  it("AP09 is 431 with 17 KB of headers", async () => {
    const headers = ["Host: localhost", `X-Long: ${"x".repeat(17 * 1024)}`];
    expect(readStatus(await request("GET / HTTP/1.1", headers))).toBe(431);
  });

  it("CS09 is 400 with two hosts", async () => {
    for (const hosts of [
      ["Host: localhost", "Host: evil.example"],
      ["Host: evil.example", "Host: localhost"],
    ]) {
      expect(readStatus(await request("GET /organizations HTTP/1.1", hosts))).toBe(400);
    }
  });

  it.each([
    ["another host", "/organizations", ["Host: evil.example"]],
    ["a host with a name in front", "/organizations", ["Host: a@evil.example"]],
    [
      "what a proxy calls the host",
      "/organizations",
      [
        "Host: localhost",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: javascript",
        "Forwarded: host=evil.example",
      ],
    ],
    ["a whole address as its target", "http://evil.example/organizations", ["Host: localhost"]],
    ["an unreadable Referer", "/organizations", ["Host: localhost", "Referer: http://["]],
    [
      "a Referer without a scheme",
      "/organizations",
      ["Host: localhost", "Referer: //evil.example"],
    ],
  ])(
    "CS09 CS11 is redirected within our own address only, in spite of %s",
    async (_what, target, headers) => {
      const answer = await request(`GET ${target} HTTP/1.1`, [...headers, "Accept: text/html"]);
      expect(readStatus(answer)).toBe(303);
      expect(answer).toMatch(/^location: \/sign-in\?returnTo=/im);
      expect(answer).not.toContain("evil");
    },
  );

  it("CS09 gets no page that names the host of the request", async () => {
    const answer = await request("GET / HTTP/1.1", ["Host: evil.example", "Accept: text/html"]);
    expect(readStatus(answer)).toBe(200);
    expect(answer).not.toContain("evil.example");
  });

  it("CS12 is refused for a method that no route has", async () => {
    for (const [line, status] of [
      ["TRACE / HTTP/1.1", 405],
      ["OPTIONS / HTTP/1.1", 405],
      ["OPTIONS * HTTP/1.1", 404],
      ["FOO / HTTP/1.1", 400],
      ["CONNECT evil.example:443 HTTP/1.1", 0],
    ] as const) {
      expect(readStatus(await request(line)), line).toBe(status);
    }
  });

  it.each([
    "/%ZZ",
    "/%00",
    "/o/%00",
    "/o/%ED%A0%80",
    "/o/..%2f..%2fetc%2fpasswd",
    `/o/${"x".repeat(10_000)}`,
    "//evil.example/o/acme",
    "/..\\..\\etc\\passwd",
    "/%6f/acme",
    "/.env",
    "/app.css/x",
  ])("AP05 TI07 is 404 for an unknown path: %s", async (path) => {
    const ada = await application.createPerson();
    const { cookie } = await application.createSessionCookie(ada);
    const [acme] = await application.query<Organization>(
      "select id, slug, name from organizations where slug = 'acme'",
    );
    if (acme) await application.addMember(acme, ada, "owner");
    else await application.createOrganization(ada, "Acme");
    expect((await application.visitor().get("/o/acme").set("Cookie", cookie)).status).toBe(200);
    const headers = ["Host: localhost", `Cookie: ${cookie}`, "Accept: text/html"];
    const answer = await request(`GET ${path} HTTP/1.1`, headers);
    expect(readStatus(answer)).toBe(404);
    expect(answer).toContain("There is nothing here");
  });

  it("CS13 gets its own input back as text, if at all", async () => {
    const agent = await application.signInAs(
      await application.createPerson("<script>name</script>"),
    );
    const evil = "<script>alert(1)</script>";
    await agent.post("/organizations").type("form").send({ name: evil });
    for (const path of [
      `/${evil}`,
      `/o/${evil}`,
      `/organizations?x=${evil}`,
      `/sign-in?with=${evil}`,
      "/account",
      "/organizations",
    ]) {
      const answer = await agent.get(encodeURI(path));
      expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(withoutOwnScripts(answer.text)).not.toMatch(/<script/i);
    }
    const invalid = await agent.post("/organizations").type("form").send({ name: "", x: evil });
    expect(withoutOwnScripts(invalid.text)).not.toMatch(/<script/i);
    expect((await agent.get("/organizations")).text).toContain("&lt;script>alert(1)&lt;/script>");
  });
});
