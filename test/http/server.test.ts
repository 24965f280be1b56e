import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { describe, expect, it } from "vitest";

import { createLogger } from "../../src/runtime/logger.ts";
import { createWebServer, type ServerLimits, type ServerOptions } from "../../src/http/server.ts";

const canary = "c4n4ry-Zx81";

/** A server for one test, with small limits. */
async function listen(limits: Partial<ServerLimits>, respond?: ServerOptions["respond"]) {
  const lines: string[] = [];
  const server = createWebServer({
    limits,
    logger: createLogger("info", { write: (line) => lines.push(line) }),
    respond: respond ?? ((_request, response) => void response.end("well")),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    port,
    server,
    lines,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends a text, and waits until the server closes the connection. */
async function exchange(port: number, text: string): Promise<{ answer: string; took: number }> {
  const begun = performance.now();
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.on("error", () => undefined);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString()));
  if (text !== "") socket.write(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return { answer, took: performance.now() - begun };
}

/** A client that does not read its answer. */
async function openReader(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).pause();
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return socket;
}

const head = "POST / HTTP/1.1\r\nHost: x\r\n";

describe("createWebServer()", () => {
  it.each([
    [
      "headers that do not end",
      `GET /${canary} HTTP/1.1\r\nHost: x\r\n`,
      { headers: 300, request: 9e3 },
      "408",
    ],
    ["nothing at all", "", { headers: 300, request: 9e3 }, "408"],
    [
      "a body that does not come",
      `${head}Content-Length: 9\r\n\r\n`,
      { headers: 300, request: 400 },
      "408",
    ],
  ])(
    "FA25 closes a connection within two seconds of the limit: %s",
    async (_what, text, limits, status) => {
      // The answer waits for the body, as the application's does.
      await using web = await listen(limits, (request) => void request.resume());
      const { answer, took } = await exchange(web.port, text);
      expect(took).toBeGreaterThanOrEqual(250);
      expect(took).toBeLessThan(limits.headers + 2_500);
      expect(answer === "" ? status : answer).toContain(status);
      expect(web.lines.join("")).not.toContain(canary);
    },
  );

  it("closes a connection that sends no further request", async () => {
    await using web = await listen({ idle: 200 });
    const { answer, took } = await exchange(web.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(answer).toContain("well");
    expect(took).toBeLessThan(4_000);
  });

  it.each([
    [
      "a page",
      (write: (text: string) => boolean, end: () => void) => (write("x".repeat(3e7)), end()),
    ],
    [
      "pieces without end",
      (write: (text: string) => boolean) => {
        const more = () => {
          while (write("x".repeat(3e4)));
        };
        more();
        return more;
      },
    ],
  ])(
    "FA25 cuts a client that does not read %s, and serves others meanwhile",
    async (_what, produce) => {
      let closed = false;
      await using web = await listen({ stalled: 300 }, (request, response) => {
        if (request.url === "/other") {
          response.end("well");
          return;
        }
        response.once("close", () => (closed = true));
        const more = produce(
          (text) => response.write(text),
          () => response.end(),
        );
        if (typeof more === "function") response.on("drain", more);
      });
      const reader = await openReader(web.port);
      const other = await fetch(`http://127.0.0.1:${web.port}/other`);
      expect(await other.text()).toBe("well");
      await expect.poll(() => closed, { interval: 50 }).toBe(true);
      // The operating system does not keep the rest either.
      const failure = once(reader, "error");
      reader.resume();
      expect(await failure).toMatchObject([{ code: "ECONNRESET" }]);
      expect(web.lines.join("")).toContain('"reasons":{"the reader takes nothing":1}');
    },
  );

  it("does not cut a client that reads slowly", async () => {
    await using web = await listen({ stalled: 300 }, (_request, response) => {
      let pieces = 0;
      const more = () => {
        while (pieces < 400) {
          pieces += 1;
          if (!response.write("x".repeat(3e4))) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    });
    const reader = await openReader(web.port);
    const ended = once(reader, "end");
    let taken = 0;
    reader.on("data", (chunk: Buffer) => {
      const million = Math.floor(taken / 1e6);
      taken += chunk.length;
      if (Math.floor(taken / 1e6) === million) return;
      reader.pause();
      setTimeout(() => reader.resume(), 100);
    });
    reader.resume();
    await ended;
    expect(taken).toBeGreaterThan(12e6);
    reader.destroy();
  });

  it("refuses connections beyond the limit, and logs that", async () => {
    await using web = await listen({ connections: 2 });
    const open = [0, 1].map(() => connect(web.port, "127.0.0.1").on("error", () => undefined));
    await Promise.all(open.map((socket) => once(socket, "connect")));
    expect((await exchange(web.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).answer).toBe("");
    for (const socket of open) socket.destroy();
    expect(web.lines.join("")).toContain("too many connections");
  });

  it.each([
    ["400", `${head}Cookie: ${canary}\r\nTransfer-Encoding: chunked\r\n\r\n${canary}\r\n`],
    ["400", `${canary} / HTTP/1.1\r\n\r\n`],
    ["400", `GET / HTTP/1.1\r\nHost: x\r\n${canary} : 1\r\n\r\n`],
    ["431", `GET / HTTP/1.1\r\nHost: x\r\nX: ${canary.repeat(2_000)}\r\n\r\n`],
    ["413", `${head}Transfer-Encoding: chunked\r\n\r\n1;${canary.repeat(3_000)}\r\n`],
  ])(
    "SE25 answers %s to what cannot be parsed, and repeats nothing of it",
    async (status, text) => {
      await using web = await listen({}, (request) => {
        request.on("error", () => undefined).resume();
      });
      const { answer } = await exchange(web.port, text);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\\r\\n\\r\\n$`));
      expect(answer + web.lines.join("")).not.toContain(canary);
    },
  );

  it("SE25 logs a flood of broken requests in a short line a second", async () => {
    await using web = await listen({});
    const begun = performance.now();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, () => exchange(web.port, `GET / HTTP/1.1\r\n${canary}\r\n\r\n`)),
      );
    }
    const seconds = (performance.now() - begun) / 1_000;
    expect(web.lines.length).toBeLessThanOrEqual(2 + seconds);
    for (const line of web.lines) expect(line.length).toBeLessThan(250);
    const counted = () =>
      web.lines
        .flatMap((line) =>
          Object.values((JSON.parse(line) as { codes: Record<string, number> }).codes),
        )
        .reduce((sum, count) => sum + count, 0);
    await expect.poll(counted).toBe(400);
  });
});
