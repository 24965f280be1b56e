import type { WayToJoin } from "../tenancy/way-to-join.ts";

/** The operator sets it up at Logto. This application hears of the members, and not of the rules. */
export const atLogto: WayToJoin = {
  title: "Single sign-on",
  text: "The operator of this server can let in people who sign in with your company’s account. Those rules are kept at Logto and are not shown here.",
  permission: "organization:update",
};
