import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { logSparsely } from "./sparse-log.ts";

/** How long a client may take for what, in milliseconds, and how many there may be. */
export type ServerLimits = {
  /** Until the headers of a request are there. */
  headers: number;
  /** Until all of a request is there. */
  request: number;
  /** Between two requests on one connection. */
  idle: number;
  /** Without taking any of an answer that waits for it: answers are written in pieces of 64 KB at most. */
  stalled: number;
  connections: number;
  requestsPerConnection: number;
};

const defaultLimits: ServerLimits = {
  headers: 10_000,
  request: 15_000,
  idle: 65_000,
  stalled: 30_000,
  connections: 5_000,
  requestsPerConnection: 10_000,
};

/** How often it looks who is past a limit; Node's default is 30 seconds. Milliseconds. */
const lookInterval = 1_000;

/** What a request that cannot be parsed is answered, by the code of Node's parser; as Node itself does. */
const refusals: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

export type ServerOptions = {
  respond: RequestListener;
  logger: { info(fields: object, message: string): void };
  limits?: Partial<ServerLimits>;
};

/**
 * A server that waits for nobody for long: neither for a request nor for the reader of an answer. What cannot be parsed
 * is counted in the log by the parser's code, in a line a second at most, and nothing of it is repeated there.
 */
export function createWebServer({ respond, logger, limits: given }: ServerOptions): Server {
  const limits = { ...defaultLimits, ...given };
  const server = createServer({
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: Math.min(lookInterval, limits.headers, limits.request),
  });
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerConnection;

  const noteBroken = logSparsely((codes) => logger.info({ codes }, "broken requests refused"));
  const noteCut = logSparsely((reasons) => logger.info({ reasons }, "connections cut"));
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (request, response) => {
    answers.set(request.socket, response);
    respond(request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const code = error.code ?? "";
    noteBroken(/^(HPE|ERR|E)[A-Z_]{1,40}$/.test(code) ? code : "other");
    const answer = answers.get(socket);
    const hasBegun = answer?.headersSent === true && !answer.writableFinished;
    if (!socket.writable || hasBegun || code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const status = refusals[code] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  });
  server.on("drop", () => noteCut("too many connections"));
  cutStalled(server, limits.stalled, () => noteCut("the reader takes nothing"));
  return server;
}

/** Where a reader stands: what it has taken of all that was written, and since when it has taken no more. */
type Progress = { taken: number; since: number };

/** Cuts connections whose reader takes nothing of what waits for it. */
function cutStalled(server: Server, timeoutMs: number, note: () => void): void {
  const sockets = new Map<Socket, Progress>();
  server.on("connection", (socket: Socket) => {
    sockets.set(socket, { taken: 0, since: performance.now() });
    socket.once("close", () => sockets.delete(socket));
  });
  const timer = setInterval(look, Math.min(lookInterval, timeoutMs)).unref();
  server.once("close", () => clearInterval(timer));

  function look(): void {
    const now = performance.now();
    for (const [socket, { taken, since }] of sockets) {
      const present = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || present !== taken) {
        sockets.set(socket, { taken: present, since: now });
      } else if (now - since >= timeoutMs) {
        note();
        // Otherwise the operating system would keep megabytes of the answer, and go on offering them.
        socket.resetAndDestroy();
      }
    }
  }
}
