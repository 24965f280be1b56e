import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { portOf } from "./ports.ts";

/** A listening server, for an application that must know its port before it is composed. */
export type HttpServer = {
  port: number;
  serve(respond: (request: IncomingMessage, response: ServerResponse) => unknown): void;
  /** Closes also the connections that browsers keep open. */
  stop(): Promise<void>;
};

/**
 * Listens on 127.0.0.1 only; port 0: any free one.
 *
 * @throws {Error} with the code EADDRINUSE when the port is taken
 */
export async function listen(port: number): Promise<HttpServer> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    port: portOf(server),
    serve(respond) {
      server.on("request", (request, response) => void respond(request, response));
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
