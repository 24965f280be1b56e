import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { exchange, SignInBrowser } from "./browser.ts";
import { pickRecording, readRecordings, Replay } from "./recordings.ts";
import { machineToMachine, managementResource, requestToken, useStandIn } from "./stand-in.ts";

const recordings = readRecordings("management-authentication");

describe("the authentication of the Management API, as Logto answers", () => {
  const standIn = useStandIn();
  const password = "Pass-olivia-2026!";

  beforeAll(async () => {
    const olivia = {
      username: "olivia",
      password,
      name: "Olivia",
      primaryEmail: "olivia@acme.test",
    };
    await standIn.manage("POST", "/users", olivia);
  });

  async function differences(name: string, authorization = ""): Promise<string[]> {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken());
    return replay.differences(pickRecording(recordings, name), { authorization });
  }

  it.each([
    "no token",
    "malformed token",
    "wrong scheme",
    "opaque user access token",
    "unknown api path",
    "method not allowed",
    "OPTIONS",
    "malformed JSON body",
    "form body instead of JSON",
    "empty body where one is required",
    "text/plain body",
  ])("%s", async (name) => {
    expect(await differences(name)).toEqual([]);
  });

  it.each(["m2m token without scope all", "m2m token without scope all, write"])(
    "%s",
    async (name) => {
      const { access_token: token } = await requestToken(standIn.issuer, machineToMachine, {});
      expect(await differences(name, `Bearer ${token}`)).toEqual([]);
    },
  );

  it("token signed with another key", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES384");
    const jwks = await fetch(`${standIn.issuer}/jwks`);
    const { keys }: { keys: { kid: string }[] } = await jwks.json();
    const token = await new SignJWT({ scope: "all", client_id: machineToMachine.id })
      .setProtectedHeader({ alg: "ES384", typ: "at+jwt", kid: keys[0]?.kid ?? "" })
      .setIssuer(standIn.issuer)
      .setAudience(managementResource)
      .setExpirationTime("1h")
      .sign(privateKey);
    expect(await exportJWK(publicKey)).not.toMatchObject(keys[0] ?? {});
    expect(await differences("token signed with another key", `Bearer ${token}`)).toEqual([]);
  });

  it("id_token as bearer", async () => {
    const browser = new SignInBrowser(standIn);
    const { id_token: token } = await exchange(standIn, await browser.signIn("olivia", password));
    expect(await differences("id_token as bearer", `Bearer ${token}`)).toEqual([]);
  });
});
