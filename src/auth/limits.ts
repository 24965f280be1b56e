import type { Limit } from "../http/limit.ts";

/** On all changes of a person: enough for a script with a token, and it stops a flood. */
export const writes: Limit = {
  name: "writes",
  things: "changes",
  per: "person",
  attempts: 3_000,
  seconds: 300,
  kept: "memory",
};

/** For people who are not signed in. An office may be one network. */
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

/** A page of another site can send a window that it has opened here again and again: this limit keeps it from using up the network's. */
export const signInsOfBrowser: Limit = {
  ...signIns,
  name: "sign-ins-of-browser",
  things: "sign-ins of one browser",
  per: "browser",
  attempts: 30,
};
