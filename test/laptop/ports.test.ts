import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { choosePorts, findFreePort, isPortFree, portOf } from "../../dev/system/ports.ts";

const open: Server[] = [];
const hasIPv6 = networkInterfaces()["lo"]?.some(({ address }) => address === "::1") ?? false;

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function occupy(port = 0, host = "127.0.0.1"): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return portOf(server);
}

/** A free port below those that the system gives to connections, so that it stays free. */
const pickPort = () => findFreePort(randomInt(10_000, 30_000), new Set());

/** Chooses two of the ports, and collects the notes. */
async function choose(options: {
  remembered?: Record<string, number>;
  fixed?: { app?: number };
  timeoutMs?: number;
  shift?: number;
}) {
  const notes: string[] = [];
  const ports = await choosePorts({
    names: ["app", "mail"],
    remembered: {},
    fixed: {},
    timeoutMs: 0,
    note: (line) => notes.push(line),
    ...options,
  });
  return { ports, notes };
}

describe("isPortFree()", () => {
  it("sees a program that listens", async () => {
    expect(await isPortFree(await occupy())).toBe(false);
    expect(await isPortFree(await pickPort())).toBe(true);
  });

  it.runIf(hasIPv6)("sees a program that listens on the other address of localhost", async () => {
    expect(await isPortFree(await occupy(0, "::1"))).toBe(false);
  });
});

describe("findFreePort()", () => {
  it("takes the next one that is free and not to be avoided", async () => {
    const taken = await occupy();
    const avoid = new Set([taken + 1, taken + 2]);
    expect(await findFreePort(taken, avoid)).toBeGreaterThan(taken + 2);
  });
});

describe("choosePorts()", () => {
  it("takes the ports of the last run while they are free", async () => {
    const remembered = { app: await pickPort(), mail: await pickPort() };
    const { ports, notes } = await choose({ remembered });
    expect(ports).toMatchObject(remembered);
    expect(notes).toEqual([]);
  });

  it("says which one it takes instead of one that is taken", async () => {
    const taken = await occupy();
    const mail = await pickPort();
    const { ports, notes } = await choose({ remembered: { app: taken, mail } });
    expect(ports.app).toBeGreaterThanOrEqual(3000);
    expect([taken, mail, 3001, 3002, 3003, 3025, 5433]).not.toContain(ports.app);
    expect(notes).toEqual([`port ${taken} is taken, using ${ports.app}`]);
  });

  it("never gives one port to two", async () => {
    const port = await pickPort();
    const { ports } = await choose({ remembered: { app: port, mail: port } });
    expect(ports.app).toBe(port);
    expect(ports.mail).not.toBe(port);
  });

  it("looks elsewhere when another clone has just taken what it had chosen", async () => {
    const shift = (await pickPort()) - 3000;
    const fixed = { app: await pickPort() };
    const { ports, notes } = await choose({ remembered: { mail: 3003 }, fixed, shift });
    expect(ports).toMatchObject(fixed);
    expect(ports.mail).toBeGreaterThanOrEqual(3003 + shift);
    expect(notes.every((note) => note.includes(`port ${3003 + shift} is taken`))).toBe(true);
  });

  it("does not replace a port that the person has fixed", async () => {
    const taken = await occupy();
    await expect(choose({ fixed: { app: taken } })).rejects.toThrow(
      `Port ${taken} is taken by another program.`,
    );
  });

  it("waits for a port that is about to become free", async () => {
    const app = await occupy(await pickPort());
    const mail = await pickPort();
    const choosing = choose({ remembered: { app, mail }, timeoutMs: 10_000 });
    await Promise.all(open.splice(0).map((server) => new Promise((done) => server.close(done))));
    expect((await choosing).ports.app).toBe(app);
  });
});
