import type { Limit } from "../http/limit.ts";

/** Each of them sends a request to Hugging Face. */
export const authorizations: Limit = {
  name: "hugging-face-authorizations",
  things: "connections with Hugging Face begun",
  per: "person",
  attempts: 30,
  seconds: 86_400,
  kept: "database",
};

export const connections: Limit = {
  name: "hugging-face-connections",
  things: "connections with Hugging Face made",
  per: "person",
  attempts: 20,
  seconds: 86_400,
  kept: "database",
};
