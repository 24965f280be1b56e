import { messageSplitter, startPostgresProxy } from "./postgres-proxy.ts";

export type WireMeter = Awaited<ReturnType<typeof startWireMeter>>;

/**
 * A proxy between the application and PostgreSQL that counts round trips and statements. Messages that are sent together and answered
 * together are one round trip: the proxy holds answers back until everything sent is answered and nothing more comes.
 */
export async function startWireMeter(databaseUrl: string) {
  let trips = 0;
  let statements = 0;
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
      for (const { type } of readSent(chunk)) {
        if (type === "Q" || type === "S") unanswered += 1;
        // A simple query, or the execution of a prepared one.
        if (type === "Q" || type === "E") statements += 1;
      }
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
      return (await this.measure(work)).trips;
    },
    /** Counts the round trips to the database during the work, and the statements in them. */
    async measure(work: () => Promise<unknown>): Promise<{ trips: number; statements: number }> {
      const before = { trips, statements };
      await work();
      return { trips: trips - before.trips, statements: statements - before.statements };
    },
  };
}
