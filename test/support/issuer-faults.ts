import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from "jose";

/** The fault of an endpoint. `delay` gives the right answer late. */
export type Fault =
  | "html"
  | "empty"
  | "truncated"
  | "huge"
  | "redirect"
  | "reset"
  | "hang"
  | { status: number; body?: object; html?: boolean }
  | { delay: number };

export type SigningKey = CryptoKeyPair & { kid: string };

export const createKey = async (): Promise<SigningKey> => {
  const { publicKey, privateKey } = await generateKeyPair("ES384");
  return { publicKey, privateKey, kid: randomBytes(8).toString("hex") };
};

export async function publishKey({ publicKey, kid }: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(publicKey)), use: "sig", alg: "ES384", kid };
}

export type Signing = {
  algorithm?: "ES384" | "HS256" | "none" | undefined;
  signer: SigningKey;
  header?: { typ?: string | undefined; kid?: string | undefined };
};

/** Signs claims. Undefined ones are left out. HS256 takes the client's secret for a key, as an attacker might. */
export async function signClaims(
  { appSecret }: { appSecret: string },
  claims: Record<string, unknown>,
  { algorithm = "ES384", signer, header = {} }: Signing,
): Promise<string> {
  // SignJWT takes no undefined.
  const payload: Record<string, unknown> = JSON.parse(JSON.stringify(claims));
  if (algorithm === "none") return new UnsecuredJWT(payload).encode();
  const protectedHeader = { alg: algorithm, kid: signer.kid, ...header };
  return new SignJWT(payload)
    .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)))
    .sign(algorithm === "HS256" ? Buffer.from(appSecret.padEnd(48, "-")) : signer.privateKey);
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

/** Plays a fault. @returns whether the endpoint should still answer */
export async function misbehave(fault: Fault, response: ServerResponse): Promise<boolean> {
  if (typeof fault === "object" && "delay" in fault) {
    await new Promise((resolve) => setTimeout(resolve, fault.delay));
    return true;
  }
  if (typeof fault === "object") {
    if (fault.html) response.writeHead(fault.status).end("<html>Bad gateway</html>");
    else send(response, fault.status, fault.body ?? {});
  } else if (fault === "html") response.writeHead(200).end("<html>Hello</html>");
  else if (fault === "empty") send(response, 200, {});
  else if (fault === "truncated") response.writeHead(200).end('{"issuer": "http://127');
  else if (fault === "huge") response.writeHead(200).end(`"${"x".repeat(10 * 1024 * 1024)}"`);
  else if (fault === "redirect") response.writeHead(302, { location: "/elsewhere" }).end();
  else if (fault === "reset") response.destroy();
  // "hang": the connection stays open until the caller gives up or the issuer is closed.
  return false;
}
