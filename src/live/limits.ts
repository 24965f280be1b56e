import type { StandingLimit } from "../http/limit.ts";

export const streamsOfPerson: StandingLimit = {
  things: "open lists that follow changes, at each instance",
  per: "person",
  most: 12,
};

export const streamsInAll: StandingLimit = {
  things: "open lists that follow changes",
  per: "instance",
  most: 1_000,
};
