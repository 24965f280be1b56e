import { defineErrors } from "../http/errors.ts";

/** Why somebody's place in an organization keeps them from something. */
export const membershipError = defineErrors({
  "membership.suspended": {
    status: 403,
    title: "Your membership is suspended",
    detail:
      "You still belong to this organization, but one of its admins has suspended your access. Ask them to restore it.",
  },
  "membership.page_outdated": {
    status: 409,
    title: "That page was out of date",
    detail:
      "Since you opened it, your role or the account you are signed in with has changed. Nothing was done. Open the page again and look before you repeat it.",
  },
});
