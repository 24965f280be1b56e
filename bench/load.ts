import autocannon from "autocannon";

import type { Ask } from "./scenario.ts";

export type Load = {
  origin: string;
  connections: number;
  seconds: number;
  /** That every answer must have. */
  status: number;
  /** How many requests there are; each connection sends them in turn, from another one on. */
  count: number;
  /** Writes request number `index`. @param turn differs in each request */
  ask(index: number, turn: number): Ask;
};

let turn = 0;

/**
 * Sends requests over connections that each wait for their answer.
 *
 * @throws {Error} when an answer has another status, or does not come
 */
export async function load({ origin, connections, seconds, status, count, ask }: Load) {
  let clients = 0;
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    setupClient(client) {
      clients += 1;
      const first = Math.floor((clients * count) / connections);
      const requests = Array.from({ length: count }, (_, index) => (first + index) % count);
      client.setRequests(
        requests.map((index) => {
          const { method = "GET", ...request } = ask(index, 0);
          if (method === "GET") return { ...request, method };
          const setupRequest = (previous: object) => ({
            ...previous,
            ...ask(index, (turn += 1)),
          });
          return { ...request, method, setupRequest };
        }),
      );
    },
  });
  const { requests, latency, errors, statusCodeStats = {} } = result;
  const statuses = Object.keys(statusCodeStats);
  if (errors > 0) throw new Error(`${origin} left ${errors} requests without an answer.`);
  if (statuses.join() !== String(status))
    throw new Error(`${origin} answered with ${statuses.join(", ") || "nothing"}, not ${status}.`);
  return { answers: requests.total, perSecond: requests.total / result.duration, p99: latency.p99 };
}
