import { describe, expect, it } from "vitest";
import { readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

describe("discovery, keys and probes, as Logto answers them", () => {
  const standIn = useStandIn();

  it.each(readRecordings("discovery"))("$name", async ({ request, response }) => {
    const replay = new Replay(standIn.endpoint);
    if (request.path === "/oidc/jwks") return expectKeys(response.body);
    // The preflight headers are what a browser looks at; Logto's `content-type` of a redirect is not.
    await replay.expectAnswer(await replay.send(request), response);
  });

  async function expectKeys(recorded: unknown): Promise<void> {
    const response = await fetch(`${standIn.issuer}/jwks`);
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };
    const [recordedKey] = (recorded as { keys: Record<string, string>[] }).keys;
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: "EC", use: "sig", alg: "ES384", crv: "P-384" });
    expect(Object.keys(keys[0] ?? {})).toEqual(Object.keys(recordedKey ?? {}));
    expect(response.headers.get("content-type")).toBe("application/jwk-set+json; charset=utf-8");
  }
});
