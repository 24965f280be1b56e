import type { FeatureTests } from "../support/feature-tests.ts";
import { evilInvitations, invitationGallery } from "./gallery.tsx";
import { invitePerson } from "./sample-invitation.ts";
import { invitationWays } from "./ways.ts";
import { invitationWriters } from "./writers.ts";

export const invitationTests: FeatureTests = {
  gallery: invitationGallery,
  evil: evilInvitations,
  ways: invitationWays,
  writers: invitationWriters,
  params: {
    token: async (...sample) => (await invitePerson(...sample)).token,
    invitationId: (application, place, path) =>
      place.guest ? invitePerson(application, place, path).then(({ id }) => id) : null,
  },
  // As if time had passed, so that the mail may be sent again.
  afterMade: ({ query }) =>
    query("update invitations set mail_requested_at = now() - interval '1 hour'"),
  tenancyRules: {
    "unique invitation_tokens_token_hash_key": "a token opens one invitation among all",
    "policy invitations.to_current_user": "to read only: those for one's own address or account",
    "policy invitations.purgeable": "deletes only, after 90 days: purge_invitations()",
    "policy invitation_tokens.of_token_holder": "to read only, by whoever has the token itself",
  },
  citusRules: {
    "unique invitation_tokens_token_hash_key": "an index: 256 random bits are unique anyway",
    "policy invitation_tokens.of_token_holder": "goes: a look-up table by the hash of the token",
    "policy invitations.to_current_user": "goes: a look-up table by address and handle",
    "policy invitations.purgeable": "goes: purge_invitations() enters each organization",
  },
  withoutEvent: {
    "POST /invitations/:token/sign-in":
      "begins a sign-in: a row of its own, and nothing of an organization",
  },
};
