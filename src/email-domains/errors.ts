import { defineErrors } from "../http/errors.ts";

/** The reasons why an organization cannot claim a claimable domain. */
export const emailDomainError = defineErrors({
  "email_domain.claimed_already": {
    status: 422,
    title: "This domain is already on your list",
    detail: "This domain is already on your list.",
  },
  "email_domain.too_many": {
    status: 422,
    title: "You cannot add more domains",
    detail: "You can have at most 20 domains. Remove one first.",
  },
});
