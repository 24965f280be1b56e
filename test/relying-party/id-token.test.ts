import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";
import { createRelyingParty } from "../support/openid-sign-in.ts";

let issuer: FaultyIssuer;
beforeEach(async () => {
  issuer = await startFaultyIssuer();
});
afterEach(() => issuer.close());

const now = () => Math.floor(Date.now() / 1000);
const invalid = (reason: string | RegExp) => ({
  code: "identity_provider_invalid_answer",
  status: 502,
  reason: expect.stringMatching(reason),
});

/** Signs in with the ID token as set: how it was refused, what the operator was told, what else was asked for. */
async function observeRefusal() {
  const { signIn, lines } = createRelyingParty(issuer);
  const error: unknown = await signIn().catch((reason: unknown) => reason);
  const isDiscreet = !/eyJ|olivia|sakj9v54p6jh/.test(JSON.stringify(lines));
  return { error, lines: lines.length, isDiscreet, userinfo: issuer.count("userinfo") };
}

const refused = (reason: string | RegExp) => ({
  error: expect.objectContaining(invalid(reason)),
  lines: 1,
  isDiscreet: true,
  userinfo: 0,
});

describe("an ID token", () => {
  it.each([
    ["a wrong iss", { iss: "https://evil.example/oidc" }, "iss"],
    ["no iss", { iss: undefined }, "iss"],
    ["a wrong aud", { aud: "another-app" }, "aud"],
    ["no aud", { aud: undefined }, "aud"],
    ["no iat", { iat: undefined }, "iat"],
    ["iat that is no number", { iat: "yesterday" }, "iat"],
    ["auth_time that is no number", { auth_time: "now" }, "auth_time"],
    ["auth_time before all time", { auth_time: -1e300 }, "auth_time"],
  ])("SI10 with %s is refused", async (_case, claims, claim) => {
    issuer.idToken.claims = claims;
    expect(await observeRefusal()).toEqual(refused(`id_token: ${claim} is wrong`));
  });

  it.each(["none", "HS256"] as const)("SI10 with alg %s is refused", async (algorithm) => {
    issuer.idToken.algorithm = algorithm;
    expect(await observeRefusal()).toEqual(refused("ALG_NOT_ALLOWED"));
  });

  it("SI10 with HS256 is refused even if discovery lists it", async () => {
    issuer.idToken.algorithm = "HS256";
    issuer.discovery = { id_token_signing_alg_values_supported: ["HS256", "none", "ES384"] };
    expect(await observeRefusal()).toEqual(refused("ALG_NOT_ALLOWED"));
  });

  it("SI10 signed with another key under the published kid is refused", async () => {
    issuer.idToken.signer = { ...(await issuer.createKey()), kid: issuer.signingKey.kid };
    expect(await observeRefusal()).toEqual(refused("SIGNATURE"));
  });

  it.each([
    ["without sub", { sub: undefined }, "sub"],
    ['with sub ""', { sub: "" }, "sub"],
    ["with sub null", { sub: null }, "sub"],
    ["with a number as sub", { sub: 7 }, "sub"],
    ["with a sub of 129 characters", { sub: "x".repeat(129) }, "sub"],
    ["without exp", { exp: undefined }, "exp"],
  ])("SI11 %s is refused", async (_case, claims, claim) => {
    issuer.idToken.claims = claims;
    expect(await observeRefusal()).toEqual(refused(`id_token: ${claim} is wrong`));
  });

  it.each([
    ["aud of us and another", { aud: ["8uz43f7ymgbejrs9v8r6u", "another-app"] }],
    ["aud of us twice", { aud: ["8uz43f7ymgbejrs9v8r6u", "8uz43f7ymgbejrs9v8r6u"] }],
    ["azp of another", { azp: "another-app" }],
    [
      "aud of us and another, azp us",
      { aud: ["8uz43f7ymgbejrs9v8r6u", "x"], azp: "8uz43f7ymgbejrs9v8r6u" },
    ],
  ])("SI12 with %s is refused", async (_case, claims) => {
    issuer.idToken.claims = claims;
    expect(await observeRefusal()).toEqual(refused(/id_token: (aud has others|azp is not us)/));
  });

  it("SI12 with aud [us] and azp us is accepted", async () => {
    issuer.idToken.claims = { aud: [issuer.appId], azp: issuer.appId };

    expect((await createRelyingParty(issuer).signIn()).subject).toBe("sakj9v54p6jh");
  });

  it.each([
    ["wrong", { nonce: "another" }],
    ["absent", { nonce: undefined }],
    ["empty", { nonce: "" }],
  ])("SI13 refuses a nonce that is %s", async (_case, claims) => {
    issuer.idToken.claims = claims;
    expect(await observeRefusal()).toEqual(refused("id_token: nonce is wrong"));
  });

  it("SI17 signed with a key made just before is accepted, again and again", async () => {
    const { signIn } = createRelyingParty(issuer);
    await signIn();
    for (let rotation = 1; rotation <= 3; rotation += 1) {
      await issuer.rotateKey();
      expect((await signIn()).subject).toBe("sakj9v54p6jh");
      expect(issuer.count("jwks")).toBe(1 + rotation);
    }
  });

  it("SI17 signed with an unpublished key costs one more request for the keys, and is refused", async () => {
    const { signIn } = createRelyingParty(issuer);
    await signIn();
    issuer.idToken.signer = await issuer.createKey();

    await expect(signIn()).rejects.toMatchObject(invalid("NO_MATCHING_KEY"));
    expect(issuer.count("jwks")).toBe(2);
    issuer.idToken.signer = undefined;
    expect((await signIn()).subject).toBe("sakj9v54p6jh");
  });

  it("SI18 without kid is accepted when one key is published, rotation included", async () => {
    issuer.idToken.hasKeyId = false;
    const { signIn } = createRelyingParty(issuer);
    expect((await signIn()).subject).toBe("sakj9v54p6jh");

    await issuer.rotateKey();
    expect((await signIn()).subject).toBe("sakj9v54p6jh");
  });

  it("SI18 without kid is refused when two keys are published", async () => {
    issuer.idToken.hasKeyId = false;
    issuer.extraKeys = [await issuer.createKey()];
    expect(await observeRefusal()).toEqual(refused("MULTIPLE_MATCHING_KEYS"));
  });

  it.each([-240, 240])("SI19 is accepted when our clock is %i s off", async (seconds) => {
    const { signIn, advance } = createRelyingParty(issuer);
    advance(seconds * 1000);

    expect((await signIn()).subject).toBe("sakj9v54p6jh");
  });

  it.each([-360, 360, 3_700, -3_700])(
    "SI19 is a clock error when our clock is %i s off",
    async (seconds) => {
      const { signIn, advance, lines } = createRelyingParty(issuer);
      advance(seconds * 1000);

      await expect(signIn()).rejects.toMatchObject({ code: "clock_skew", status: 502 });
      expect(lines).toHaveLength(1);
      expect(JSON.stringify(lines)).toMatch(
        new RegExp(`differs by ${seconds < 0 ? "-" : ""}\\d+ s`),
      );
    },
  );

  it("SI19 that expired four minutes ago is refused, half a minute ago accepted", async () => {
    issuer.idToken.claims = { iat: now() - 250, exp: now() - 240 };
    expect(await observeRefusal()).toEqual(refused("id_token: expired"));

    issuer.idToken.claims = { iat: now() - 40, exp: now() - 30 };
    expect((await createRelyingParty(issuer).signIn()).subject).toBe("sakj9v54p6jh");
  });

  it("FA23 is judged by our clock, not by the machine's", async () => {
    const { signIn, advance } = createRelyingParty(issuer);
    advance(7_200_000);
    issuer.clock = () => new Date(Date.now() + 7_200_000);
    expect((await signIn()).subject).toBe("sakj9v54p6jh");

    issuer.idToken.claims = { exp: now() + 7_200 - 240 };
    await expect(signIn()).rejects.toMatchObject(invalid("id_token: expired"));
  });
});
