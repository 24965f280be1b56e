import type { Limit } from "../http/limit.ts";

/** On all that a person changes, whatever it is: enough for a script with a token, and the end of a flood. */
export const writes: Limit = {
  name: "writes",
  things: "changes",
  per: "person",
  attempts: 3_000,
  seconds: 300,
  kept: "memory",
};

/** Of people who are not signed in. An office may be one network. */
export const guestWrites: Limit = {
  ...writes,
  name: "guest-writes",
  things: "forms sent without signing in",
  per: "network",
};

export const signIns: Limit = {
  name: "sign-ins",
  things: "sign-ins",
  per: "network",
  attempts: 300,
  seconds: 600,
  kept: "memory",
};
