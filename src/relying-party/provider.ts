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

/** A browser is sent to the provider only if it answered within this time. Milliseconds. */
const reachableFor = 1_000;

/** Makes the part that all sign-ins share: the provider's requester, discovery and keys, and whether it answers. */
export function createOpenIdProvider(options: OpenIdProviderOptions) {
  const { endpoint, requestTimeout, clock, logger } = options;
  const issuer = issuerOf(endpoint);

  let reachable = true;
  const observe = (answered: boolean) => {
    reachable = answered;
  };
  // A little less than for a sign-in's own calls, so that the page about the failure comes within `requestTimeout`.
  const requestShared = createOpenIdRequester(requestTimeout * 0.8, observe);

  // All that waited for one failed attempt get the same error object: one failure, one line.
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
    /** Discovery of a provider that answers. Garbage does not replace a good document. */
    readLiveDiscovery,
    /** Finds out whether the provider answers, for `status`. */
    async probe(): Promise<void> {
      try {
        await readLiveDiscovery();
        await keys.read({ maxAge: reachableFor, acceptStale: () => false });
      } catch (error) {
        // `report` has logged it, and `observe` has noted it.
        if (!(error instanceof OpenIdError)) throw error;
      }
    },
    status: (): "up" | "down" =>
      reachable && !discovery.isFailing() && !keys.isFailing() ? "up" : "down",
  };
}

/** The promise's outcome; it throws `unavailable` when the signal comes first. */
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
