import { once } from "node:events";
import { type Discovery, issuerOf, loadDiscovery } from "./discovery.ts";
import { OpenIdError, unavailable } from "./error.ts";
import { loadKeys } from "./jwt.ts";
import { createOpenIdRequester } from "./requester.ts";
import { createSharedDocument } from "./shared-document.ts";

type OpenIdProviderOptions = {
  endpoint: string;
  requestTimeout: number;
  clock: () => Date;
  logger: { warn(fields: object, message: string): void } | undefined;
};

/** An address is given out only if the provider answered this lately (ms): then it is not a dead page. */
const reachableFor = 1_000;

/** What all sign-ins share of the provider: how to reach it, its discovery and keys, and whether it is there. */
export function createOpenIdProvider(options: OpenIdProviderOptions) {
  const { endpoint, requestTimeout, clock, logger } = options;
  const issuer = issuerOf(endpoint);

  let reachable = true;
  const observe = (answered: boolean) => {
    reachable = answered;
  };
  // A little less than for one's own calls, so that the page that says so is out within `requestTimeout`.
  const requestShared = createOpenIdRequester(requestTimeout * 0.8, observe);

  // All who waited for one failed attempt get the same error object: one failure, one line.
  const reported = new WeakSet<OpenIdError>();
  const report = (error: OpenIdError) => {
    if (error.status < 500 || reported.has(error)) return;
    reported.add(error);
    logger?.warn({ issuer, code: error.code, reason: error.reason }, "OpenID provider failed");
  };

  const shared = { clock, onFailure: report };
  const discovery = createSharedDocument({
    ...shared,
    load: () => loadDiscovery(issuer, requestShared),
  });
  const keys = createSharedDocument({
    ...shared,
    load: async () => loadKeys((await discovery.read()).jwksUri, requestShared),
  });

  const readLiveDiscovery = (): Promise<Discovery> =>
    discovery.read({
      maxAge: reachableFor,
      acceptStale: (error) => error.code !== "identity_provider_unavailable",
    });

  return {
    issuer,
    discovery,
    keys,
    report,
    request: createOpenIdRequester(requestTimeout, observe),
    /** Discovery of a provider that is alive; garbage it sends meanwhile does not outweigh what it said before. */
    readLiveDiscovery,
    /** Finds out whether it is there, for `status`. */
    async probe(): Promise<void> {
      try {
        await readLiveDiscovery();
        await keys.read({ maxAge: reachableFor, acceptStale: () => false });
      } catch (error) {
        // It has been reported, and noted.
        if (!(error instanceof OpenIdError)) throw error;
      }
    },
    status: (): "up" | "down" =>
      reachable && !discovery.isFailing() && !keys.isFailing() ? "up" : "down",
  };
}

/** The promise's outcome, or unavailable when the signal comes first. */
export async function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const cut = once(signal, "abort", { signal: settled.signal }).then(() => {
    throw unavailable("timeout");
  });
  try {
    return await Promise.race([promise, cut]);
  } finally {
    settled.abort();
  }
}
