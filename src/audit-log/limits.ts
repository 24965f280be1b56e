import type { Limit } from "../http/limit.ts";

export const exports: Limit = {
  name: "audit-log-exports",
  things: "exports of audit logs",
  per: "person",
  attempts: 30,
  seconds: 3_600,
  kept: "database",
};
