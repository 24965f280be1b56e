import { defineErrors } from "../http/errors.ts";

/** Why an account cannot be deleted just so. */
export const accountError = defineErrors({
  "account.last_owner": {
    status: 409,
    title: "Organizations would be left without an owner",
    detail:
      "Nothing was changed. Please choose what becomes of each organization that only you own.",
  },
});
