import { describe, expect, it } from "vitest";
import { readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

describe("discovery, keys and probes, as Logto answers them", () => {
  const standIn = useStandIn();
  const recordings = readRecordings("discovery").filter(({ name }) => name !== "jwks");

  it.each(recordings)("$name", async (recording) => {
    expect(await new Replay(standIn.endpoint).differences(recording)).toEqual([]);
  });

  it("jwks: one public ES384 key", async () => {
    const response = await fetch(`${standIn.issuer}/jwks`);
    expect(response.headers.get("content-type")).toBe("application/jwk-set+json; charset=utf-8");
    const coordinate = expect.stringMatching(/^[\w-]{64}$/);
    const kid = expect.stringMatching(/^[\w-]{43}$/);
    const key = {
      kty: "EC",
      use: "sig",
      kid,
      alg: "ES384",
      crv: "P-384",
      x: coordinate,
      y: coordinate,
    };
    expect(await response.json()).toEqual({ keys: [key] });
  });
});
