import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";
import type { Members } from "./recordings.ts";

type Received = {
  path: string;
  headers: Record<string, unknown>;
  /** The bytes as they came. */
  raw: string;
};

export type Receiver = {
  url: string;
  readonly received: Received[];
  /** The status of the next answers; `hang`: no answer. */
  answer: number | "hang";
  /** @returns the bodies that came since the last call */
  take(): Members[];
};

/** Takes the place of the application, to which webhooks and back-channel logouts are sent, and records them. */
export function useReceiver(): Receiver {
  const received: Received[] = [];
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request);
    received.push({ path: request.url ?? "", headers: request.headers, raw });
    if (receiver.answer === "hang") return;
    response.writeHead(receiver.answer, { "content-type": "application/json" });
    response.end(JSON.stringify({ ok: receiver.answer < 400 }));
  }
  const server = createServer((request, response) => void receive(request, response));
  const receiver: Receiver = {
    url: "",
    received,
    answer: 200,
    take: () => received.splice(0).map(({ raw }) => JSON.parse(raw)),
  };
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return receiver;
}
