import { randomBytes } from "node:crypto";
import { createOpenIdClient, type SignInRequest } from "../../src/relying-party/relying-party.ts";
import type { FaultyIssuer } from "./faulty-issuer.ts";

export const baseUrl = "http://localhost:3000";
export const createSecret = () => randomBytes(32).toString("base64url");

/** A client of the issuer with a clock that tests can set, and the steps of a browser's sign-in. */
export function createRelyingParty(issuer: FaultyIssuer, { requestTimeout = 3_000 } = {}) {
  const started = Date.now();
  const time = { elapsed: 0 };
  const lines: { fields: object; message: string }[] = [];
  const { endpoint, appId, appSecret } = issuer;

  const client = createOpenIdClient({
    endpoint,
    appId,
    appSecret,
    baseUrl,
    requestTimeout,
    clock: () => new Date(started + time.elapsed),
    logger: { warn: (fields, message) => lines.push({ fields, message }) },
  });

  /** Runs a sign-in up to the callback. `complete` does the rest, as the application would. */
  async function reachCallback(wish: Partial<SignInRequest> = {}) {
    const request = { state: createSecret(), nonce: createSecret(), ...wish };
    const { authorizationUrl, codeVerifier } = await client.startSignIn(request);
    const searchParams = await issuer.authorize(authorizationUrl);
    const { state, nonce } = request;
    const completion = { searchParams, state, nonce, codeVerifier };
    return { ...completion, complete: () => client.completeSignIn(completion) };
  }

  return {
    client,
    lines,
    /** Moves the client's clock, and not the issuer's. */
    advance: (milliseconds: number) => {
      time.elapsed += milliseconds;
    },
    reachCallback,
    signIn: async () => (await reachCallback()).complete(),
  };
}
