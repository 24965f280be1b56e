import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { portOf } from "../../dev/system/ports.ts";
import type { Target } from "./target.ts";

/** A request that Logto sent by itself: an event, or a logout token. */
export type Delivery = { path: string; signature: string; body: Buffer };

export type Listener = {
  url: string;
  /** All that has come, in its order. */
  received: readonly Delivery[];
  /** Waits until enough has come. @throws {Error} `what` has not, after ten seconds */
  waitUntil(isEnough: () => boolean, what: string): Promise<void>;
  stop(): Promise<void>;
};

/** The application's end of webhooks and of back-channel logout: takes everything down. */
export async function listen({
  url,
  port,
  host,
}: NonNullable<Target["listening"]>): Promise<Listener> {
  const received: Delivery[] = [];
  const arrivals = new EventEmitter();

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const signature = request.headers["logto-signature-sha-256"];
    received.push({ path: request.url ?? "", signature: String(signature), body });
    response.end();
    arrivals.emit("arrival");
  }
  const server = createServer((request, response) => void receive(request, response));
  server.listen(port, host);
  await once(server, "listening");

  return {
    url: url ?? `http://127.0.0.1:${portOf(server)}`,
    received,
    async waitUntil(isEnough, what) {
      const signal = AbortSignal.timeout(10_000);
      try {
        while (!isEnough()) await once(arrivals, "arrival", { signal });
      } catch {
        throw new Error(`${what}: it has not come`);
      }
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
