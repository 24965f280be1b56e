import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";
import { type Database, toJson } from "../store/database.ts";
import { createClientAdapter } from "./clients.ts";

type Stored = { payload: AdapterPayload };

/**
 * Stores the models of `oidc-provider` in PostgreSQL. The library checks expiry itself on reading.
 *
 * @param origin of the stand-in
 */
export function createOidcAdapter(sql: Database, origin: string): AdapterFactory {
  return (model) =>
    model === "Client" ? createClientAdapter(sql, origin) : storeModel(sql, model);
}

function storeModel(sql: Database, model: string): Adapter {
  return {
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1000);
      await sql`
        insert into oidc_models (model, id, payload, expires_at)
        values (${model}, ${id}, ${sql.json(toJson(payload))}, ${expiresAt})
        on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`;
    },
    async find(id) {
      const [row] = await sql<Stored[]>`
        select payload from oidc_models where model = ${model} and id = ${id}`;
      return row?.payload;
    },
    async findByUid(uid) {
      const [row] = await sql<Stored[]>`
        select payload from oidc_models where model = ${model} and payload->>'uid' = ${uid}`;
      return row?.payload;
    },
    async findByUserCode(userCode) {
      const [row] = await sql<Stored[]>`
        select payload from oidc_models where model = ${model} and payload->>'userCode' = ${userCode}`;
      return row?.payload;
    },
    async consume(id) {
      await sql`
        update oidc_models
        set payload = payload || jsonb_build_object('consumed', extract(epoch from now())::bigint)
        where model = ${model} and id = ${id}`;
    },
    async destroy(id) {
      await sql`delete from oidc_models where model = ${model} and id = ${id}`;
    },
    async revokeByGrantId(grantId) {
      await sql`delete from oidc_models where model = ${model} and payload->>'grantId' = ${grantId}`;
    },
  };
}

/** Expired rows are refused on reading; this only keeps the table small. */
export async function deleteExpired(sql: Database): Promise<void> {
  await sql`delete from oidc_models where expires_at < now() - interval '5 minutes'`;
}
