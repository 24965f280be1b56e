import type { Limit } from "../http/limit.ts";

export const requests: Limit = {
  name: "join-requests",
  things: "requests to join",
  per: "person",
  attempts: 20,
  seconds: 86_400,
  kept: "database",
};

/** One request sends a mail to each admin. A request beyond the limit is made, but not mailed. */
export const requestMails: Limit = {
  name: "join-request-mails",
  things: "mails about requests to join",
  per: "person who asks",
  attempts: 60,
  seconds: 86_400,
  kept: "database",
};

/** Each request, and each withdrawal, is an event in the organization's audit log. */
export const requestsToOne: Limit = {
  name: "join-requests-to-one",
  things: "requests to join the same organization",
  per: "person and organization",
  attempts: 3,
  seconds: 86_400,
  kept: "database",
};
