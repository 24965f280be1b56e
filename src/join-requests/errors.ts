import { defineErrors } from "../http/errors.ts";

/** The reasons why nobody can decide a request to join. */
export const joinRequestError = defineErrors({
  "join_request.decided": {
    status: 409,
    title: "That request has been answered already",
    detail: "Someone else was quicker, or the person took it back. Nothing was changed.",
  },
  "join_request.void": {
    status: 409,
    title: "The reason for this request is gone",
    detail:
      "The invitation, the domain or the connection that let them ask does not hold any more. Nothing was changed. You can refuse the request, and invite the person instead.",
  },
});
