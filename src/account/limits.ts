import type { Limit } from "../http/limit.ts";

export const sessionEndings: Limit = {
  name: "session-endings",
  things: "times to end sessions",
  per: "person",
  attempts: 60,
  seconds: 3_600,
  kept: "database",
};

export const accountDeletions: Limit = {
  name: "account-deletions",
  things: "tries to delete an account",
  per: "person",
  attempts: 20,
  seconds: 3_600,
  kept: "database",
};
