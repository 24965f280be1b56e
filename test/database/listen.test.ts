import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

import { afterAll, beforeAll, expect, it } from "vitest";

import { listen } from "../../src/database/listen.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let database: TestDatabase;
let proxy: TcpProxy;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(database.url);
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

it("listens as soon as the database can be reached, and again each time the connection was lost", async () => {
  await proxy.cut();
  const notices: string[] = [];
  const warnings: string[] = [];
  let starts = 0;
  const listener = listen({
    url: proxy.url,
    channel: "sample",
    logger: { warn: (_fields: unknown, text?: string) => void warnings.push(text ?? "") },
    onNotice: (notice) => notices.push(notice),
    onListening: () => void (starts += 1),
  });
  try {
    await expect.poll(() => warnings).toEqual(["the database does not let us listen"]);
    for (const expected of [1, 2]) {
      await proxy.restore();
      await expect.poll(() => starts, { timeout: 30_000 }).toBe(expected);
      await database.query("select pg_notify('sample', $1)", [`after start ${expected}`]);
      await expect.poll(() => notices).toContain(`after start ${expected}`);
      await proxy.cut();
    }
    expect(notices).toHaveLength(2);
  } finally {
    await listener.close();
  }
});

it("waits longer and longer for a server that closes each connection, and opens none once it is closed", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const listener = listen({
    url: `postgres://anyone:secret@127.0.0.1:${port}/none`,
    channel: "sample",
    logger: { warn: () => undefined },
    onNotice: () => undefined,
    onListening: () => undefined,
  });
  await expect.poll(() => connections).toBe(4);
  await setTimeout(500);
  expect(connections).toBeLessThan(7);
  await listener.close();
  const before = connections;
  await setTimeout(1_000);
  expect(connections).toBe(before);
  server.close();
});
