import { createServer, type AddressInfo, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./faults.ts";

/** Asks the operating system for a free port on 127.0.0.1. */
export async function findAnyPort(): Promise<number> {
  const probe = await listen(0);
  const port = portOf(probe);
  await close(probe);
  return port;
}

/** Tells whether no program listens there. `localhost` is both addresses, so both are tried. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

/**
 * Finds the preferred port, or the next one that is free and not in `avoid`.
 *
 * @throws {Error} when a hundred in a row are taken
 */
export async function findFreePort(preferred: number, avoid: ReadonlySet<number>): Promise<number> {
  for (let port = preferred; port < Math.min(preferred + 100, 65_536); port += 1) {
    if (!avoid.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`Every port from ${preferred} on is taken.`);
}

async function canListen(port: number, host: string): Promise<boolean> {
  try {
    await close(await listen(port, host));
    return true;
  } catch (fault) {
    // On a machine without IPv6 nothing listens there.
    if (codeOf(fault) === "EADDRNOTAVAIL" || codeOf(fault) === "EAFNOSUPPORT") return true;
    if (codeOf(fault) === "EADDRINUSE" || codeOf(fault) === "EACCES") return false;
    throw fault;
  }
}

async function listen(port: number, host = "127.0.0.1"): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** @returns the port of a listening server */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The server does not listen.");
  return address.port;
}

/** The services listen here unless another program does. */
const preferredPorts = {
  app: 3000,
  logto: 3001,
  huggingFace: 3002,
  mail: 3003,
  smtp: 3025,
  postgres: 5433,
};

export type PortName = keyof typeof preferredPorts;
export type Ports = Record<PortName, number>;

function shiftPorts(shift: number): Ports {
  const { app, logto, huggingFace, mail, smtp, postgres } = preferredPorts;
  return {
    app: app + shift,
    logto: logto + shift,
    huggingFace: huggingFace + shift,
    mail: mail + shift,
    smtp: smtp + shift,
    postgres: postgres + shift,
  };
}

/**
 * Chooses a free port for each name: that of the last run, else the preferred one, else the next free one.
 *
 * @throws {Error} when a fixed one is taken
 */
export async function choosePorts(options: {
  names: PortName[];
  /** The ports of the last run. */
  remembered: Record<string, number>;
  /** Ports that the developer has set. */
  fixed: Partial<Ports>;
  /** Added to the preferred ports, in place of the remembered ones: two starts at the same moment look elsewhere. */
  shift?: number;
  /** How long to wait for a port: processes that a killed run left behind need a moment to end. */
  timeoutMs: number;
  /** Receives a line for each port that is not the expected one. */
  note: (line: string) => void;
}): Promise<Ports> {
  const { remembered, fixed, shift = 0, timeoutMs, note } = options;
  const deadline = performance.now() + timeoutMs;
  const preferred = shiftPorts(shift);
  const wanted = { ...preferred, ...(shift === 0 && remembered), ...fixed };
  const chosen = new Map<PortName, number>();
  for (const name of options.names) {
    const port = wanted[name];
    const isOurs = ![...chosen.values()].includes(port);
    while (!(await isPortFree(port)) && performance.now() < deadline) await sleep(50);
    if (isOurs && (await isPortFree(port))) {
      chosen.set(name, port);
      continue;
    }
    if (fixed[name] !== undefined) throw new Error(`Port ${port} is taken by another program.`);
    // The ports that the others want are not free either, but our own first choice may be free by now.
    const others = Object.entries(wanted).filter(([other]) => other !== name);
    const avoid = new Set([...others.map(([, other]) => other), ...chosen.values()]);
    const next = await findFreePort(preferred[name], avoid);
    chosen.set(name, next);
    note(`port ${port} is taken, using ${next}`);
  }
  return { ...wanted, ...Object.fromEntries(chosen) };
}
