import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readBearerToken } from "../../src/http/bearer-token.ts";
import { AppError } from "../../src/http/errors.ts";

const server = createServer((req, response) => {
  let read: string;
  try {
    read = JSON.stringify(readBearerToken({ req }));
  } catch (error) {
    read = error instanceof AppError ? error.code : String(error);
  }
  response.setHeader("X-Read", read).end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => server.close());

/** @returns the token that is read from these header lines, which are sent unchanged */
async function send(...lines: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(["GET / HTTP/1.1", "Host: x", ...lines, "Connection: close", "", ""].join("\r\n"));
  const answer = (await socket.setEncoding("utf8").toArray()).join("");
  return /^x-read: (.*)$/im.exec(answer)?.[1] ?? answer;
}

describe("readBearerToken()", () => {
  it.each([
    ["Authorization: Bearer abc.def-g_h", '"abc.def-g_h"'],
    ["authorization: bearer abc", '"abc"'],
    ["Authorization: BEARER   abc", '"abc"'],
    ["Authorization: Bearer abc  ", '"abc"'],
    ["Authorization: Bearer a b", '"a b"'],
    ["Authorization: Bearer", '""'],
    ["Authorization: Bearer ", '""'],
    ["Authorization:", "null"],
    ["Authorization: Basic YTpi", "null"],
    ["Authorization: Bearerabc", "null"],
    ["Authorization: Basic Bearer abc", "null"],
    ["Proxy-Authorization: Bearer abc", "null"],
    ["X-Nothing: 1", "null"],
  ])("reads %s as %s", async (line, expected) => {
    expect(await send(line)).toBe(expected);
  });

  it("refuses two headers", async () => {
    for (const second of ["Authorization: Bearer b", "authorization: Basic YTpi"]) {
      expect(await send("Authorization: Bearer a", second)).toBe("request.malformed");
      expect(await send(second, "Authorization: Bearer a")).toBe("request.malformed");
    }
  });
});
