import type { Limit } from "../http/limit.ts";

export const profileChanges: Limit = {
  name: "profile-changes",
  things: "changes of your profile",
  per: "person",
  attempts: 60,
  seconds: 3_600,
  kept: "database",
};

export const providerReads: Limit = {
  name: "provider-reads",
  things: "questions to our identity provider",
  per: "person",
  attempts: 120,
  seconds: 3_600,
  kept: "memory",
};

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
