import { defineErrors } from "../http/errors.ts";

/** The reasons why a person cannot accept an invitation, and why nobody can send it. */
export const invitationError = defineErrors({
  // One answer for everything that a guessed token can meet.
  "invitation.gone": {
    status: 410,
    title: "This invitation is not valid",
    detail:
      "It has expired, was withdrawn or has been used, or the link is not complete. Ask whoever invited you for a new one.",
  },
  "invitation.void": {
    status: 404,
    title: "This invitation is not valid any more",
    detail:
      "The organization is gone, or whoever invited you can no longer do so. Ask someone there for a new one.",
  },
  "invitation.other_account": {
    status: 403,
    title: "This invitation is for another account",
    detail:
      "Nothing was changed, and the invitation is still open. Sign in with the account it is for.",
  },
  "invitation.unverified": {
    status: 403,
    title: "Please verify your email address first",
    detail:
      "The address of your account is the right one, but nobody has verified yet that it is yours. Verify it where you sign in, then sign in again. The invitation stays open.",
  },
  "invitation.other_domain": {
    status: 403,
    title: "This link is for other addresses",
    detail:
      "It is only for people with a verified email address at certain domains. Nothing was changed. Sign in with such an account, or ask for an invitation of your own.",
  },
  "invitation.outdated": {
    status: 410,
    title: "This invitation does not work for you any more",
    detail:
      "It is older than what was last decided about your place in that organization. Nothing was changed. Ask one of its admins for a new one.",
  },
  "invitation.closed": {
    status: 409,
    title: "That invitation is closed",
    detail: "It was accepted, declined or withdrawn meanwhile. Nothing was changed.",
  },
  "invitation.too_many_links": {
    status: 409,
    title: "That invitation was sent too often",
    detail:
      "There are as many links to it as there can be. Please withdraw it, and make a new one.",
  },
});
