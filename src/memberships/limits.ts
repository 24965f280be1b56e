import type { Limit } from "../http/limit.ts";

/** By links, domains and other ways of one's own: each is an event in the audit log of an organization that may be a stranger's. */
export const joinings: Limit = {
  name: "joinings",
  things: "times to join the same organization",
  per: "person and organization",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};

/** Those beyond it are not sent; nothing else changes. */
export const joinedMails: Limit = {
  name: "joined-mails",
  things: "mails that the same person has joined the same organization",
  per: "recipient",
  attempts: 1,
  seconds: 86_400,
  kept: "database",
};

/** Those beyond it are not sent; nothing else changes. */
export const notifications: Limit = {
  name: "notifications",
  things: "mails about organizations, of all of them together",
  per: "recipient",
  attempts: 100,
  seconds: 86_400,
  kept: "database",
};
