import { createServer, type AddressInfo, type Server } from "node:net";
import { codeOf } from "./faults.ts";

/** Asks the operating system for a free port on 127.0.0.1. */
export async function findAnyPort(): Promise<number> {
  const probe = await listen(0);
  const port = portOf(probe);
  await close(probe);
  return port;
}

/** Whether somebody listens there; `localhost` is both addresses, so a server on either one would be met. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

/**
 * The preferred port, or the next one that is free and not in `avoid`.
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
    // A machine without IPv6 has nobody there.
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

/** The port a listening server got. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The server does not listen.");
  return address.port;
}
