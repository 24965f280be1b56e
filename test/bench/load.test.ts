import { createServer, type RequestListener } from "node:http";

import { expect, it } from "vitest";

import { load } from "../../bench/load.ts";
import { portOf } from "../../dev/system/ports.ts";

/** Sends the requests /0 to /4, with another turn each, to a server. */
async function loadServer(respond: RequestListener) {
  const server = createServer(respond).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await load({
      origin: `http://127.0.0.1:${portOf(server)}`,
      connections: 3,
      seconds: 0.3,
      status: 303,
      askers: [0, 1, 2, 3, 4].map((number) => (turn) => ({
        method: "POST",
        path: `/${number}`,
        body: `turn=${turn}`,
      })),
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("sends all requests, each one with a turn of its own", async () => {
  const paths = new Set<string | undefined>();
  const turns: string[] = [];
  const { answers, perSecond } = await loadServer((request, response) => {
    paths.add(request.url);
    request.setEncoding("utf8").on("data", (text: string) => turns.push(text));
    request.on("end", () => response.writeHead(303).end());
  });
  expect(paths.size).toBe(5);
  expect(new Set(turns).size).toBe(turns.length);
  expect(answers).toBeGreaterThan(10);
  expect(perSecond).toBeGreaterThan(0);
});

it("fails when one answer of many has another status", async () => {
  let count = 0;
  const loading = loadServer((request, response) => {
    request.resume();
    count += 1;
    response.writeHead(count === 10 ? 500 : 303).end();
  });
  await expect(loading).rejects.toThrow("answered with 303, 500, not 303");
});

it("fails when an answer does not come", async () => {
  let count = 0;
  const loading = loadServer((request, response) => {
    count += 1;
    if (count === 10) request.socket.destroy();
    else response.writeHead(303).end();
  });
  await expect(loading).rejects.toThrow("without an answer");
});
