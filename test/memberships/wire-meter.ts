import { messageSplitter, startPostgresProxy } from "../support/postgres-proxy.ts";

export type WireMeter = Awaited<ReturnType<typeof startWireMeter>>;

/**
 * A proxy between the application and PostgreSQL that counts round trips. Messages that are sent together and answered
 * together are one round trip: the proxy holds answers back until everything sent is answered and nothing more comes.
 */
export async function startWireMeter(databaseUrl: string) {
  let trips = 0;
  const proxy = await startPostgresProxy(databaseUrl, (client, server) => {
    const readSent = messageSplitter({ hasStartup: true });
    const readAnswered = messageSplitter({ hasStartup: false });
    let unanswered = 0;
    let isReady = false;
    let held: Buffer[] = [];
    const release = () => {
      if (unanswered > 0 || held.length === 0) return;
      trips += 1;
      client.write(Buffer.concat(held));
      held = [];
    };
    client.on("data", (chunk: Buffer) => {
      // Query and Sync are each answered with one ReadyForQuery (PostgreSQL documentation, section 54.2).
      unanswered += readSent(chunk).filter(({ type }) => type === "Q" || type === "S").length;
      server.write(chunk);
    });
    server.on("data", (chunk: Buffer) => {
      const wasReady = isReady;
      for (const { type } of readAnswered(chunk)) {
        if (type !== "Z") continue;
        if (isReady) unanswered -= 1;
        isReady = true;
      }
      if (!wasReady) {
        client.write(chunk);
        return;
      }
      held.push(chunk);
      // Messages that the application sends in the same turn arrive before this.
      setImmediate(release);
    });
  });
  return {
    ...proxy,
    /** Counts the round trips to the database during the work. */
    async count(work: () => Promise<unknown>): Promise<number> {
      const before = trips;
      await work();
      return trips - before;
    },
  };
}
