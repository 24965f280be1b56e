import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type TcpProxy = {
  /** The same database, through this proxy. */
  url: string;
  /** Refuses new connections and cuts those there are, as a server does that died. */
  cut(): Promise<void>;
  /** Accepts connections, and passes nothing on: what a broken network looks like. */
  hang(): void;
  /** Passes nothing on until told to resume; then everything, late. */
  stall(): void;
  resume(): void;
  /** Passes on one half of what the server says next on each connection, and cuts it. */
  tear(): void;
  /** Connections made from now on lead to another server on this machine; those there are stay where they are. */
  lead(port: number): void;
  /** Connections made from now on work; those that hung stay dead. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Stands between the application and PostgreSQL, to break the network for one test file only.
 *
 * @param options.dropsOptions passes on no start-up options, as PgBouncer does
 */
export async function startTcpProxy(
  databaseUrl: string,
  { dropsOptions = false } = {},
): Promise<TcpProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let isHanging = false;
  let isTearing = false;
  let port = Number(target.port);

  const server = createServer((near) => {
    const far = connect(port, target.hostname);
    const pair = { near, far };
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
    if (dropsOptions) near.once("data", (chunk) => far.write(dropOptions(chunk)));
    const pass = () => near.on("data", (chunk) => !isHanging && far.write(chunk));
    if (dropsOptions) near.once("data", () => setImmediate(pass));
    else pass();
    far.on("data", (chunk) => {
      if (isTearing) near.end(chunk.subarray(0, Math.ceil(chunk.length / 2)));
      else if (!isHanging) near.write(chunk);
    });
  });
  const listen = (ownPort: number) =>
    new Promise<void>((resolve) => server.listen(ownPort, "127.0.0.1", resolve));
  await listen(0);
  const { port: ownPort } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(ownPort);

  async function cut(): Promise<void> {
    const closed = server.listening && new Promise((resolve) => server.close(resolve));
    for (const { near } of pairs) near.destroy();
    await closed;
  }

  return {
    url: url.href,
    cut,
    hang() {
      isHanging = true;
    },
    stall: () => pairs.forEach(({ near, far }) => [near, far].forEach((socket) => socket.pause())),
    resume: () =>
      pairs.forEach(({ near, far }) => [near, far].forEach((socket) => socket.resume())),
    tear() {
      isTearing = true;
    },
    lead(next) {
      port = next;
    },
    async restore() {
      for (const { near, far } of pairs) {
        // Silence stays silence for those who heard it.
        if (isHanging) [near, far].forEach((socket) => socket.removeAllListeners("data").resume());
      }
      isHanging = false;
      isTearing = false;
      if (!server.listening) await listen(ownPort);
    },
    close: cut,
  };
}

/** The start-up message (PostgreSQL's protocol, "Message Formats": StartupMessage) without its `options`. */
function dropOptions(message: Buffer): Buffer {
  const parts = message.subarray(8, -1).toString().split("\0").slice(0, -1);
  const index = parts.indexOf("options");
  if (index !== -1) parts.splice(index, 2);
  const body = Buffer.from(`${parts.map((part) => `${part}\0`).join("")}\0`);
  const head = Buffer.from(message.subarray(0, 8));
  head.writeInt32BE(body.length + 8, 0);
  return Buffer.concat([head, body]);
}
