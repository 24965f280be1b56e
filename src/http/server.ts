import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Timeouts in milliseconds, and numbers of connections. */
export type ServerLimits = {
  /** Until the server has the headers of a request. */
  headers: number;
  /** Until the server has the whole request. */
  request: number;
  /** Between two requests on one connection. */
  idle: number;
  /** While the client reads nothing of an answer. Answers are written in pieces of 64 KB at most. */
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

/** Milliseconds between two checks of the limits. Node's default is 30 seconds. */
const checkInterval = 1_000;

/** Milliseconds between two log lines of one kind. */
const logInterval = 1_000;

/** The answers to requests that cannot be parsed, by the code of Node's parser. They are those of Node itself. */
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
 * Creates a server that closes connections whose client is slow to send a request or to read an answer. It counts
 * requests that cannot be parsed in the log, by the parser's code and in one line a second at most. The log has nothing
 * else of them.
 */
export function createWebServer({ respond, logger, limits: given }: ServerOptions): Server {
  const limits = { ...defaultLimits, ...given };
  const server = createServer({
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: Math.min(checkInterval, limits.headers, limits.request),
  });
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerConnection;

  const noteInvalid = logSparsely((codes) => logger.info({ codes }, "broken requests refused"));
  const noteCut = logSparsely((reasons) => logger.info({ reasons }, "connections cut"));
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (request, response) => {
    answers.set(request.socket, response);
    respond(request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const code = error.code ?? "";
    noteInvalid(/^(HPE|ERR|E)[A-Z_]{1,40}$/.test(code) ? code : "other");
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

/**
 * Counts events that any client can cause, and logs them at most once a second: the first one at once, and those that
 * follow together.
 *
 * @param write gets the count of each name since the last line
 * @returns a function that counts one event. Names are a few, and none comes from a request
 */
function logSparsely(
  write: (counts: Readonly<Record<string, number>>) => void,
): (name: string) => void {
  let counts: Record<string, number> = {};
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    timer = undefined;
    if (Object.keys(counts).length === 0) return;
    write(counts);
    counts = {};
    timer = setTimeout(flush, logInterval).unref();
  }
  return (name) => {
    counts[name] = (counts[name] ?? 0) + 1;
    if (!timer) flush();
  };
}

/** The bytes that a client has read of an answer, and the time since which it has read no more. */
type Progress = { read: number; since: number };

/** Cuts connections whose client reads nothing of a waiting answer. */
function cutStalled(server: Server, timeoutMs: number, note: () => void): void {
  const sockets = new Map<Socket, Progress>();
  server.on("connection", (socket: Socket) => {
    sockets.set(socket, { read: 0, since: performance.now() });
    socket.once("close", () => sockets.delete(socket));
  });
  const timer = setInterval(check, Math.min(checkInterval, timeoutMs)).unref();
  server.once("close", () => clearInterval(timer));

  function check(): void {
    const now = performance.now();
    for (const [socket, { read, since }] of sockets) {
      const present = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || present !== read) {
        sockets.set(socket, { read: present, since: now });
      } else if (now - since >= timeoutMs) {
        note();
        // Without a reset, the operating system would keep megabytes of the answer and go on offering them.
        socket.resetAndDestroy();
      }
    }
  }
}
