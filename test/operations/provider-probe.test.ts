import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createOpenIdClient, type OpenIdClient } from "../../src/relying-party/relying-party.ts";
import { startProviderProbe } from "../../src/operations/provider-probe.ts";
import { productIdentifier } from "../../src/runtime/product.ts";
import { useApplication } from "../support/application.ts";
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";

const silent = { warn: () => undefined };
let issuer: FaultyIssuer;
let openId: OpenIdClient;
let stop: () => void;
const application = useApplication({
  async identityProvider(baseUrl) {
    issuer = await startFaultyIssuer();
    openId = createOpenIdClient({ ...issuer, baseUrl, requestTimeout: 400 });
    return issuer;
  },
  // Made above, once it is known where the identity provider is.
  get dependencies() {
    return { openId };
  },
});
beforeAll(() => {
  stop = startProviderProbe({ look: openId.probe, logger: silent }, 20);
});
afterAll(async () => {
  stop();
  await issuer.close();
});

const readReady = async () => {
  const { status, body } = await application.visitor().get("/readyz");
  return { status, identityProvider: (body as { identityProvider: string }).identityProvider };
};

async function readMetric(): Promise<string | undefined> {
  const headers = { Authorization: `Bearer ${application.config.metricsToken}` };
  const { text } = await application.visitor().get("/metrics").set(headers);
  return new RegExp(`^${productIdentifier}_identity_provider_up (.*)$`, "m").exec(text)?.[1];
}

describe("the state of the identity provider, while nobody signs in", () => {
  it.each([
    ["never answers", { discovery: "hang" }],
    ["has no keys to give", { jwks: "reset" }],
  ] as const)(
    "is told by /readyz and /metrics where it %s, and we stay ready",
    async (_what, faults) => {
      await expect.poll(readReady).toEqual({ status: 200, identityProvider: "up" });
      expect(await readMetric()).toBe("1");
      issuer.faults = faults;
      await expect
        .poll(readReady, { timeout: 20_000 })
        .toEqual({ status: 200, identityProvider: "down" });
      expect(await readMetric()).toBe("0");
      issuer.faults = {};
      await expect
        .poll(readReady, { timeout: 20_000 })
        .toEqual({ status: 200, identityProvider: "up" });
    },
  );
});

describe("startProviderProbe()", () => {
  it("probes one at a time, goes on after an unexpected error, and stops", async () => {
    const seen = { looks: 0, atOnce: 0, most: 0, warnings: 0 };
    const end = startProviderProbe(
      {
        async look() {
          seen.looks += 1;
          seen.atOnce += 1;
          seen.most = Math.max(seen.most, seen.atOnce);
          await new Promise((resolve) => setImmediate(resolve));
          seen.atOnce -= 1;
          if (seen.looks === 1) throw new Error("unforeseen");
        },
        logger: { warn: () => void (seen.warnings += 1) },
      },
      1,
    );
    await expect.poll(() => seen.looks).toBeGreaterThan(5);
    end();
    const { looks } = seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen.looks).toBeLessThanOrEqual(looks + 1);
    expect(seen).toMatchObject({ most: 1, warnings: 1 });
  });
});
