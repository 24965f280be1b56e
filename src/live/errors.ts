import { defineErrors } from "../http/errors.ts";

/** The reasons why a list does not follow changes. The page stays as it is, and asks again later. */
export const liveError = defineErrors({
  "live.too_many": {
    status: 429,
    title: "Too many open lists",
    detail:
      "You have as many open lists as can follow changes. Reload the page to see what is new.",
  },
  "live.unavailable": {
    status: 503,
    title: "Lists do not follow changes right now",
    detail: "Reload the page to see what is new.",
  },
});
