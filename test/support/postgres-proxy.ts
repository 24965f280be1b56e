import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Starts a proxy in front of a PostgreSQL server.
 *
 * @param join connects a client's socket and the server's: it passes on what each sends
 */
export async function startPostgresProxy(
  databaseUrl: string,
  join: (client: Socket, server: Socket) => void,
) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const end = () => [client, server].forEach((socket) => socket.destroy());
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", end).on("close", end);
    }
    join(client, server);
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    /** The same database, through the proxy. */
    url: url.href,
    async close(): Promise<void> {
      const closed = once(proxy.close(), "close");
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Splits a stream into its complete messages: a letter for the type, and a length (PostgreSQL documentation, section 54.2).
 *
 * @param hasStartup whether the first message has no letter
 */
export function messageSplitter({ hasStartup }: { hasStartup: boolean }) {
  let rest: Buffer = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (chunk: Buffer): { type: string; message: Buffer }[] => {
    rest = Buffer.concat([rest, chunk]);
    const messages = [];
    for (;;) {
      const header = isStartup ? 0 : 1;
      if (rest.length < header + 4) return messages;
      const end = header + rest.readInt32BE(header);
      if (rest.length < end) return messages;
      const type = isStartup ? "" : String.fromCodePoint(rest[0] ?? 0);
      messages.push({ type, message: rest.subarray(0, end) });
      isStartup = false;
      rest = rest.subarray(end);
    }
  };
}
