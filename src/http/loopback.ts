/** Hosts that are this very machine, as `URL.hostname` writes them. */
export const loopbackHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
