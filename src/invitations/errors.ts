import { defineErrors } from "../http/errors.ts";

/** The reasons why a person cannot accept an invitation, and why nobody can send it. */
export const invitationError = defineErrors({
  // One answer for everything that a guessed token can meet.
  "invitation.gone": {
    status: 410,
    title: "This invitation is not valid",
    detail:
      "It has expired, was withdrawn or was already used, or the link is incomplete. Ask the person who invited you for a new one.",
  },
  "invitation.void": {
    status: 404,
    title: "This invitation is no longer valid",
    detail:
      "The organization was deleted, or the person who invited you can no longer invite people. Ask an admin there for a new one.",
  },
  "invitation.other_account": {
    status: 403,
    title: "This invitation is for another account",
    detail: "Sign in with the account it is for. The invitation is still open.",
  },
  "invitation.unverified": {
    status: 403,
    title: "Please verify your email address first",
    detail:
      "The invitation is for your address, but you have not verified it yet. Verify it where you sign in, then sign in again. The invitation stays open.",
  },
  "invitation.other_domain": {
    status: 403,
    title: "This link is for other email domains",
    detail:
      "You need a verified email address at one of its domains. Sign in with such an account, or ask for an invitation of your own.",
  },
  "invitation.outdated": {
    status: 410,
    title: "This invitation no longer works for you",
    detail: "Your membership there has changed since it was sent. Ask an admin for a new one.",
  },
  "invitation.closed": {
    status: 409,
    title: "This invitation is closed",
    detail: "It was accepted, declined or withdrawn in the meantime. Nothing was changed.",
  },
  "invitation.too_many_links": {
    status: 409,
    title: "This invitation has too many links",
    detail: "It cannot have more. Withdraw it, and create a new one.",
  },
});
