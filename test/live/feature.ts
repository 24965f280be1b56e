import type { FeatureTests } from "../support/feature-tests.ts";

const onEveryNode =
  "a call before the commit sends the notice, and every instance listens to the coordinator";

export const liveTests: FeatureTests = {
  citusRules: {
    "trigger memberships.members_are_announced": onEveryNode,
    "trigger invitations.invitations_are_announced": onEveryNode,
    "trigger join_requests.join_requests_are_announced": onEveryNode,
    "trigger organizations.deletions_are_announced": onEveryNode,
    "trigger sessions.revocations_are_announced": onEveryNode,
    "trigger users.sign_outs_are_announced": onEveryNode,
  },
};
