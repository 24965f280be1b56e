import type { Limit, StandingLimit } from "../http/limit.ts";

/** Only wrong ones count: a right one opens its invitation, however many wrong ones came from its network. */
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

/** Past that it can only be withdrawn and made anew. */
export const liveLinks: StandingLimit = {
  things: "links that open the same invitation",
  per: "invitation",
  most: 20,
};

/** Each makes another token. */
export const resends: Limit = {
  name: "resends",
  things: "times to send the same invitation again",
  per: "invitation",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};

/** One beyond it is made all the same, and not mailed: its link is shown to whoever invites. */
export const mailsToOneAddress: Limit = {
  name: "invitation-mails",
  things: "mails with an invitation to the same address",
  per: "recipient",
  attempts: 5,
  seconds: 86_400,
  kept: "database",
};

/** Counted by the invitations; one that is made anew is mailed when its time has come. */
export const mailsOfOne: Limit = {
  name: "invitation-mails-of-one",
  things: "mail with an invitation of one organization to the same address",
  per: "organization and recipient",
  attempts: 1,
  seconds: 600,
  kept: "database",
};
