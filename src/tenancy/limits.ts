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

/**
 * What strangers can cause has a smaller number of its own, so that they use up nobody's mails about themselves. Those beyond
 * it are not sent; nothing else changes.
 */
export const newcomerMails: Limit = {
  name: "newcomer-mails",
  things: "mails about others who ask to join or have joined",
  per: "recipient",
  attempts: 30,
  seconds: 86_400,
  kept: "database",
};

/** Those beyond it are not sent; nothing else changes. */
export const notifications: Limit = {
  name: "notifications",
  things: "mails about oneself in organizations, of all of them together",
  per: "recipient",
  attempts: 100,
  seconds: 86_400,
  kept: "database",
};
