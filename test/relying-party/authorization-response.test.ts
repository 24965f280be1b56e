import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OpenIdError, openIdErrors } from "../../src/relying-party/error.ts";
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";
import { createRelyingParty } from "../support/openid-sign-in.ts";

let issuer: FaultyIssuer;
beforeEach(async () => {
  issuer = await startFaultyIssuer();
});
afterEach(() => issuer.close());

/** A callback whose query was changed on the way; resolves to the error. */
async function completeChanged(change: (searchParams: URLSearchParams) => void) {
  const { client, reachCallback, lines } = createRelyingParty(issuer);
  const { searchParams, state, nonce, codeVerifier } = await reachCallback();
  change(searchParams);
  const error: unknown = await client
    .completeSignIn({ searchParams, state, nonce, codeVerifier })
    .catch((reason: unknown) => reason);
  if (!(error instanceof OpenIdError)) throw new Error("It was accepted.");
  return { error, lines };
}

const evil = "<b>EVIL</b>";

describe("the callback's query", () => {
  it.each([
    ["is missing", (query: URLSearchParams) => query.delete("state")],
    ["is altered", (query: URLSearchParams) => query.set("state", `${query.get("state")}x`)],
    ["is empty", (query: URLSearchParams) => query.set("state", "")],
    ["is there twice", (query: URLSearchParams) => query.append("state", "other")],
  ])("SI04 is refused when state %s, without asking the provider", async (_case, change) => {
    const { error } = await completeChanged(change);

    expect(error).toMatchObject({ code: "callback_invalid", status: 400 });
    expect(issuer.count("token")).toBe(0);
  });

  it("SI04 is refused when no state was expected", async () => {
    const { client } = createRelyingParty(issuer);
    const searchParams = new URLSearchParams({ code: "c", state: "", iss: client.issuer });

    await expect(
      client.completeSignIn({ searchParams, state: "", nonce: "n", codeVerifier: "v" }),
    ).rejects.toMatchObject({ code: "callback_invalid", reason: "state is wrong" });
  });

  it.each([
    ["wrong", (query: URLSearchParams) => query.set("state", "wrong")],
    ["no", (query: URLSearchParams) => query.delete("state")],
  ])(
    "SI07 with an error and %s state is refused, nothing of it repeated",
    async (_case, change) => {
      const { error, lines } = await completeChanged((query) => {
        query.set("error", "access_denied");
        query.set("error_description", evil);
        change(query);
      });

      expect(error.code).toBe("callback_invalid");
      expect(error.message).toBe(openIdErrors.callback_invalid.message);
      expect(JSON.stringify([error, lines])).not.toContain("EVIL");
    },
  );

  it.each(["access_denied", "login_required", "consent_required", "server_error"])(
    "SI08 with %s and the right state is a denial",
    async (name) => {
      const { error, lines } = await completeChanged((query) => {
        query.delete("code");
        query.set("error", name);
        query.set("error_description", evil);
      });

      expect(error).toMatchObject({ code: "authorization_denied", status: 400, reason: name });
      expect(JSON.stringify([error, lines])).not.toContain("EVIL");
      expect(issuer.count("token")).toBe(0);
    },
  );

  it("SI08 with an error of its own making is a denial without a name", async () => {
    const { error } = await completeChanged((query) => query.set("error", evil));

    expect(error).toMatchObject({ code: "authorization_denied", reason: "other" });
    expect(JSON.stringify(error)).not.toContain("EVIL");
  });

  it("SI09 is refused when iss is another issuer, even with an error", async () => {
    const { error } = await completeChanged((query) => query.set("iss", "https://evil.example"));
    const withError = await completeChanged((query) => {
      query.set("iss", "https://evil.example");
      query.set("error", "access_denied");
    });

    expect(error).toMatchObject({ code: "callback_invalid", reason: "iss is wrong" });
    expect(withError.error.code).toBe("callback_invalid");
    expect(issuer.count("token")).toBe(0);
  });

  it("SI09 is refused when iss is absent although the provider says it sends one", async () => {
    const { error } = await completeChanged((query) => query.delete("iss"));

    expect(error).toMatchObject({ code: "callback_invalid", reason: "iss is absent" });
  });

  it("SI09 needs no iss from a provider that does not send one", async () => {
    issuer.discovery = { authorization_response_iss_parameter_supported: undefined };
    const { reachCallback } = createRelyingParty(issuer);
    const { searchParams, complete } = await reachCallback();
    searchParams.delete("iss");

    expect((await complete()).subject).toBe("sakj9v54p6jh");
  });

  it.each([
    ["no", (query: URLSearchParams) => query.delete("code")],
    ["an empty", (query: URLSearchParams) => query.set("code", "")],
    ["a second", (query: URLSearchParams) => query.append("code", "other")],
  ])("is refused with %s code", async (_case, change) => {
    const { error } = await completeChanged(change);

    expect(error.code).toBe("callback_invalid");
    expect(issuer.count("token")).toBe(0);
  });

  it("carries a code with any characters whole to the token endpoint", async () => {
    await completeChanged((query) => query.set("code", "a&state=b?c#d%e+f g"));

    const form = new URLSearchParams(
      issuer.requests.find(({ endpoint }) => endpoint === "token")?.body,
    );
    expect(form.get("code")).toBe("a&state=b?c#d%e+f g");
  });
});
