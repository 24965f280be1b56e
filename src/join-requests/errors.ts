import { defineErrors } from "../http/errors.ts";

/** The reasons why nobody can decide a request to join. */
export const joinRequestError = defineErrors({
  "join_request.decided": {
    status: 409,
    title: "This request is already closed",
    detail: "Another admin decided first, or the person canceled it. Nothing was changed.",
  },
  "join_request.void": {
    status: 409,
    title: "This request can no longer be approved",
    detail:
      "The invitation, domain or connection behind it is no longer valid. Nothing was changed. Refuse the request, and invite the person instead.",
  },
});
