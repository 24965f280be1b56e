import { randomInt } from "node:crypto";
import { type Queryable, toJson } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import type { HookEvent } from "./events.ts";

type HookConfig = {
  url: string;
  headers?: Record<string, string> | undefined;
  retries?: number | undefined;
};
export type Hook = {
  id: string;
  name: string;
  events: HookEvent[];
  config: HookConfig;
  signingKey: string;
  enabled: boolean;
  createdAt: Date;
};
export type HookChange = {
  [Field in Exclude<keyof Hook, "id" | "createdAt">]?: Hook[Field] | undefined;
};

const columns = (sql: Queryable) => sql`
  id, name, events, config, signing_key as "signingKey", enabled, created_at as "createdAt"`;

function toColumns(sql: Queryable, change: HookChange) {
  return Object.fromEntries(
    Object.entries({
      name: change.name,
      events: change.events && sql.json(toJson(change.events)),
      config: change.config && sql.json(toJson(change.config)),
      signing_key: change.signingKey,
      enabled: change.enabled,
    }).filter(([, value]) => value !== undefined),
  );
}

/** 32 letters and digits, as Logto makes them. */
export function createSigningKey(): string {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join("");
}

export async function createHook(sql: Queryable, hook: HookChange): Promise<Hook> {
  const values = {
    id: createId(21),
    ...toColumns(sql, { signingKey: createSigningKey(), ...hook }),
  };
  const [created] = await sql<Hook[]>`insert into hooks ${sql(values)} returning ${columns(sql)}`;
  if (!created) throw new Error("the insert returned no row");
  return created;
}

/** Newest first. */
export async function listHooks(sql: Queryable): Promise<Hook[]> {
  return [...(await sql<Hook[]>`select ${columns(sql)} from hooks order by created_at desc`)];
}

export async function findHook(sql: Queryable, id: string): Promise<Hook | undefined> {
  const [hook] = await sql<Hook[]>`select ${columns(sql)} from hooks where id = ${id}`;
  return hook;
}

export async function updateHook(
  sql: Queryable,
  id: string,
  change: HookChange,
): Promise<Hook | undefined> {
  const [hook] = await sql<Hook[]>`
    update hooks set ${sql(toColumns(sql, change))} where id = ${id} returning ${columns(sql)}`;
  return hook;
}

export async function deleteHook(sql: Queryable, id: string): Promise<boolean> {
  return (await sql`delete from hooks where id = ${id} returning id`).length > 0;
}
