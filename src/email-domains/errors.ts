import { defineErrors } from "../http/errors.ts";

/** The reasons why an organization cannot claim a claimable domain. */
export const emailDomainError = defineErrors({
  "email_domain.claimed_already": {
    status: 422,
    title: "That domain is on the list already",
    detail: "It is on your list already.",
  },
  "email_domain.too_many": {
    status: 422,
    title: "That is too many domains",
    detail: "There are 20 domains on your list, which is as many as there can be.",
  },
});
