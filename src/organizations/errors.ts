import { defineErrors } from "../http/errors.ts";

/** Errors about an organization as a whole. */
export const organizationError = defineErrors({
  "organization.address_taken": {
    status: 409,
    title: "That address is taken",
    detail: "Another organization has it, or had it in the last 90 days. Please choose another.",
  },
  "organization.too_many": {
    status: 422,
    title: "You own as many organizations as you can",
    detail:
      "You own as many organizations as one person can. Please hand one over or delete one, then try again.",
  },
  "organization.too_many_addresses": {
    status: 422,
    title: "That is one address too many",
    detail:
      "Your organization has had as many addresses in the last 90 days as one can. Please go back to one of them, or try again later.",
  },
});
