import { defineErrors } from "../http/errors.ts";

export const accountError = defineErrors({
  "account.no_such_session": {
    status: 404,
    title: "There is no such session",
    detail: "It has ended, or it is not yours.",
  },
  "account.last_owner": {
    status: 409,
    title: "Organizations would be left without an owner",
    detail:
      "Nothing was changed. Please choose what happens to each organization that only you own.",
  },
});
