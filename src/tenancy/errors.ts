import { defineErrors } from "../http/errors.ts";

/** Errors about memberships, and about changes to them. */
export const membershipError = defineErrors({
  "membership.suspended": {
    status: 403,
    title: "Your membership is suspended",
    detail:
      "You still belong to this organization, but one of its admins has suspended your access. Ask them to restore it.",
  },
  "membership.organization_deleted": {
    status: 404,
    title: "This organization is deleted",
    detail:
      "Nobody can open it now. As its owner, you can restore it from your list of organizations until it is removed for good.",
  },
  "membership.page_outdated": {
    status: 409,
    title: "That page was out of date",
    detail:
      "Since you opened it, your role, the account you are signed in with or the organization at this address has changed. Nothing was done. Look at the page as it is now before you repeat it.",
  },
  "membership.suspended_there": {
    status: 403,
    title: "Your membership there is suspended",
    detail:
      "You belong to that organization already, but one of its admins has suspended your access. Nothing was changed. Ask them to restore it.",
  },
  "membership.decided_since": {
    status: 403,
    title: "One of the admins has to let you in",
    detail:
      "You belonged to that organization before, or were refused when you asked. Nothing was changed. Ask one of its admins to invite you again.",
  },
  "membership.no_seat": {
    status: 409,
    title: "There is no seat left",
    detail:
      "This organization has as many members as it may have. Nothing was changed. Ask one of its owners to make room or to get more seats.",
  },
  "member.last_owner": {
    status: 409,
    title: "There has to be an owner",
    detail: "You are the only active owner. Nothing was changed. Make someone else an owner first.",
  },
  "member.role_above_own": {
    status: 403,
    title: "You cannot give that role",
    detail: "It allows more than your own role does. Nothing was changed. Ask someone who has it.",
  },
  "member.not_a_person": {
    status: 409,
    title: "An application cannot be an owner",
    detail: "Someone has to look after the organization. Nothing was changed. Choose a person.",
  },
  "member.owner_untouchable": {
    status: 403,
    title: "Only an owner may do that",
    detail: "That person is an owner of this organization. Nothing was changed.",
  },
  "member.yourself": {
    status: 403,
    title: "Not to yourself",
    detail:
      "You cannot suspend, restore or remove yourself. You can leave the organization instead.",
  },
});
