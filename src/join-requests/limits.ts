import type { Limit } from "../http/limit.ts";

export const requests: Limit = {
  name: "join-requests",
  things: "requests to join",
  per: "person",
  attempts: 20,
  seconds: 86_400,
  kept: "database",
};

/** A request to an organization with many admins is many mails. One beyond it is made all the same, and not mailed. */
export const requestMails: Limit = {
  name: "join-request-mails",
  things: "mails about requests to join",
  per: "person who asks",
  attempts: 60,
  seconds: 86_400,
  kept: "database",
};

/** Each is an event in the audit log of strangers, and so is its withdrawal. */
export const requestsToOne: Limit = {
  name: "join-requests-to-one",
  things: "requests to join the same organization",
  per: "person and organization",
  attempts: 3,
  seconds: 86_400,
  kept: "database",
};
