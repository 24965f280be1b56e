import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type WireMeter = {
  /** The same database, through the meter. */
  url: string;
  /** Counts the round trips to the database during the work. */
  count(work: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
};

/**
 * A proxy between the application and PostgreSQL that counts round trips. Messages that are sent together and answered together are
 * one round trip: the proxy holds answers back until everything sent is answered and nothing more comes.
 */
export async function startWireMeter(databaseUrl: string): Promise<WireMeter> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let trips = 0;

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let unanswered = 0;
    let isReady = false;
    let held: Buffer[] = [];
    const release = () => {
      if (unanswered > 0 || held.length === 0) return;
      trips += 1;
      near.write(Buffer.concat(held));
      held = [];
    };
    // Query and Sync are each answered with one ReadyForQuery (PostgreSQL documentation, section 54.2).
    const readSent = splitMessages({ hasStartup: true }, (type) => {
      if (type === "Q" || type === "S") unanswered += 1;
    });
    const readAnswered = splitMessages({ hasStartup: false }, (type) => {
      if (type !== "Z") return;
      if (isReady) unanswered -= 1;
      isReady = true;
    });
    near.on("data", (chunk) => {
      readSent(chunk);
      far.write(chunk);
    });
    far.on("data", (chunk) => {
      const isConnecting = !isReady;
      readAnswered(chunk);
      if (isConnecting) {
        near.write(chunk);
        return;
      }
      held.push(chunk);
      // Messages that the application sends in the same turn arrive before this.
      setImmediate(release);
    });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket
        .on("error", () => socket.destroy())
        .on("close", () => [near, far].map((end) => end.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);

  return {
    url: url.href,
    async count(work) {
      const before = trips;
      await work();
      return trips - before;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads the type of each message of a stream: a letter before the length (the first message has no letter). */
function splitMessages(
  { hasStartup }: { hasStartup: boolean },
  tell: (type: string) => void,
): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = isStartup ? 0 : 1;
      if (rest.length < header + 4) return;
      const end = header + rest.readInt32BE(header);
      if (rest.length < end) return;
      if (!isStartup) tell(String.fromCodePoint(rest[0] ?? 0));
      isStartup = false;
      rest = rest.subarray(end);
    }
  };
}
