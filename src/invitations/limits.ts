import type { Limit, StandingLimit } from "../http/limit.ts";

/** Only wrong tokens count. A right one opens its invitation even if its network sent too many wrong ones. */
export const wrongTokens: Limit = {
  name: "wrong-invitation-links",
  things: "links that open no invitation",
  per: "network",
  attempts: 30,
  seconds: 600,
  kept: "memory",
};

export const invitationsAtOnce: Limit = {
  name: "invitations-at-once",
  things: "new invitations of one organization",
  per: "organization",
  attempts: 60,
  seconds: 60,
  kept: "database",
};

export const invitations: Limit = {
  name: "invitations",
  things: "invitations made or sent again, in all organizations together",
  per: "person",
  attempts: 200,
  seconds: 86_400,
  kept: "database",
};

/** An account is new for its first day. */
export const invitationsOfNewAccount: Limit = {
  ...invitations,
  name: "invitations-of-new-account",
  per: "new account",
  attempts: 60,
};

export const links: Limit = {
  name: "invitation-links",
  things: "new links that anybody can join by",
  per: "person",
  attempts: 20,
  seconds: 86_400,
  kept: "database",
};

/** An admin can withdraw an invitation with so many links, and make a new one. */
export const liveLinks: StandingLimit = {
  things: "links that open the same invitation",
  per: "invitation",
  most: 20,
};

/** Each resend makes another token. */
export const resends: Limit = {
  name: "resends",
  things: "times to send the same invitation again",
  per: "invitation",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};

/** An invitation beyond the limit is made but not mailed: its inviter sees the link. */
export const mailsToOneAddress: Limit = {
  name: "invitation-mails",
  things: "mails with an invitation to the same address",
  per: "recipient",
  attempts: 5,
  seconds: 86_400,
  kept: "database",
};

/** The rows of the invitations are counted. A new invitation is mailed when the limit allows it. */
export const mailsOfOne: Limit = {
  name: "invitation-mails-of-one",
  things: "mail with an invitation of one organization to the same address",
  reason: "An invitation to this address was mailed less than 10 minutes ago.",
  per: "organization and recipient",
  attempts: 1,
  seconds: 600,
  kept: "database",
};
