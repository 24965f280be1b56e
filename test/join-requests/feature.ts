import type { FeatureTests } from "../support/feature-tests.ts";
import { askToJoin } from "../support/join-requests.ts";
import { evilJoinRequests, joinRequestGallery } from "./gallery.tsx";
import { joinRequestWays } from "./ways.ts";

export const joinRequestTests: FeatureTests = {
  gallery: joinRequestGallery,
  evil: evilJoinRequests,
  ways: joinRequestWays,
  params: {
    requestId: async (application, { organization, guest }) =>
      askToJoin(application, organization, guest ?? (await application.createPerson())),
  },
  tenancyRules: {
    "policy join_requests.of_current_user": "to read only: what one has asked for oneself",
  },
  citusRules: {
    "policy join_requests.of_current_user": "goes: a look-up table by person",
    "trigger join_requests.join_requests_are_of_people": "the function that writes them checks",
  },
};
