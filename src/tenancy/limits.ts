import type { Limit } from "../http/limit.ts";

/** Counts people who join by their own act: each time adds an event to the audit log of an organization. */
export const joinings: Limit = {
  name: "joinings",
  things: "times to join the same organization",
  per: "person and organization",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};

/** Further mails are not sent; nothing else changes. */
export const joinedMails: Limit = {
  name: "joined-mails",
  things: "mails that the same person has joined the same organization",
  per: "recipient",
  attempts: 1,
  seconds: 86_400,
  kept: "database",
};

/**
 * Strangers can cause these mails, so they have a separate, smaller limit and do not use up the mails about oneself. Further
 * mails are not sent; nothing else changes.
 */
export const newcomerMails: Limit = {
  name: "newcomer-mails",
  things: "mails about others who ask to join or have joined",
  per: "recipient",
  attempts: 30,
  seconds: 86_400,
  kept: "database",
};

/** Further mails are not sent; nothing else changes. */
export const notifications: Limit = {
  name: "notifications",
  things: "mails about oneself in organizations, of all of them together",
  per: "recipient",
  attempts: 100,
  seconds: 86_400,
  kept: "database",
};
