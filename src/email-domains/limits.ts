import type { Limit } from "../http/limit.ts";

export const lookups: Limit = {
  name: "domain-lookups",
  things: "questions to the DNS",
  per: "organization",
  attempts: 10,
  seconds: 60,
  kept: "memory",
};

export const claims: Limit = {
  name: "domain-claims",
  things: "claims of email domains",
  per: "person",
  attempts: 30,
  seconds: 86_400,
  kept: "database",
};
