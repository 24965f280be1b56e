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
  withoutEvent: {
    "POST /invitations/:token/sign-in":
      "begins a sign-in: a row of its own, and nothing of an organization",
  },
};
