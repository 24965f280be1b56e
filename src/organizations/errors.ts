import { defineErrors } from "../http/errors.ts";

/** Why something about an organization as a whole cannot be. */
export const organizationError = defineErrors({
  "organization.address_taken": {
    status: 409,
    title: "That address is taken",
    detail: "Another organization has it, or had it in the last 90 days. Please choose another.",
  },
});
