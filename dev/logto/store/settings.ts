import { randomBytes } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { type Database, toJson } from "./database.ts";
import { createId } from "./ids.ts";

export type Settings = {
  /** Private signing keys, ES384 as in Logto's default. */
  jwks: { keys: JWK[] };
  /** Keys that sign cookies and form tokens. */
  cookieKeys: string[];
  /** Logto gives every connector an id, which is part of the redirect URI registered at Hugging Face. */
  huggingFaceConnectorId: string;
};

/** Makes the settings once per database and keeps them: a new signing key would void every token already issued. */
export async function loadSettings(sql: Database): Promise<Settings> {
  const [stored] = await sql<{ value: Settings }[]>`select value from settings where name = 'main'`;
  if (stored) return stored.value;
  await sql`
    insert into settings (name, value) values ('main', ${sql.json(toJson(await createSettings()))})
    on conflict do nothing`;
  return loadSettings(sql);
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES384", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...jwk, kid, use: "sig", alg: "ES384" };
}

async function createSettings(): Promise<Settings> {
  return {
    jwks: { keys: [await createKey()] },
    cookieKeys: [randomBytes(32).toString("base64url")],
    huggingFaceConnectorId: createId(12),
  };
}
