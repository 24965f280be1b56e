import type { Queryable } from "../store/database.ts";
import { defineTable } from "../store/table.ts";
import type { HookEvent } from "./events.ts";

export type Hook = {
  id: string;
  name: string;
  events: HookEvent[];
  config: {
    url: string;
    headers?: Record<string, string> | undefined;
    retries?: number | undefined;
  };
  signingKey: string;
  enabled: boolean;
  createdAt: Date;
};

export const hookTable = defineTable<Hook>("hooks", 21);

/** Lists the newest first. */
export async function listHooks(sql: Queryable): Promise<Hook[]> {
  return [...(await sql<Hook[]>`select * from hooks order by created_at desc`)];
}
