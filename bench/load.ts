import autocannon, { type Request } from "autocannon";

import type { Ask } from "./scenario.ts";

export type Load = {
  origin: string;
  connections: number;
  /** Rounded up to whole ones. */
  seconds: number;
  /** That every answer must have. */
  status: number;
  /** Each connection sends the requests of its share of them, over and over. @param turn differs in each request */
  askers: readonly ((turn: number) => Ask)[];
};

let turn = 0;

/**
 * Sends requests over connections that each wait for their answer.
 *
 * @throws {Error} when an answer has another status, or does not come
 */
export async function load({ origin, connections, seconds, status, askers }: Load) {
  let clients = 0;
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    setupClient(client) {
      const number = clients++;
      const isOwn = (index: number) =>
        index % connections === number || index === number % askers.length;
      const own = askers.filter((_, index) => isOwn(index));
      client.setRequests(own.map(writeRequest));
    },
  });
  const { requests, latency, errors, statusCodeStats = {} } = result;
  const statuses = Object.keys(statusCodeStats);
  // At the end, each connection waits for one answer.
  const unanswered = errors + Math.max(0, requests.sent - requests.total - connections);
  if (unanswered > 0) throw new Error(`${origin} left ${unanswered} requests without an answer.`);
  if (statuses.some((each) => each !== String(status)))
    throw new Error(`${origin} answered with ${statuses.join(", ")}, not ${status}.`);
  return { answers: requests.total, perSecond: requests.total / result.duration, p99: latency.p99 };
}

function writeRequest(ask: (turn: number) => Ask): Request {
  const { method = "GET", ...request } = ask(0);
  if (method === "GET") return { ...request, method };
  return { ...request, method, setupRequest: (previous) => ({ ...previous, ...ask((turn += 1)) }) };
}
