import { followMembers } from "../hugging-face/members-job.ts";
import { invitationMail } from "../invitations/mail.ts";
import { requestMail } from "../join-requests/mail.ts";
import { deleteUserAtLogto } from "../logto/delete-user.ts";
import { followWebhook } from "../logto/follow-webhook.ts";
import { adoptOrganization, awaitOwner } from "../logto/adopt-organization.ts";
import { followClaimsJob } from "../logto/follow-claims.ts";
import { lookAgain } from "../logto/look-again.ts";
import { reconcile } from "../logto/reconcile.ts";
import { unlinkAtLogto } from "../logto/unlink-disputed.ts";
import { compareWithTwin, syncOrganization } from "../logto/sync-organization.ts";
import { joinedMail, removedMail, roleMail } from "../memberships/mail.ts";
import type { Job } from "./job.ts";

/** Every kind of job that there is. */
export const jobs: readonly Job[] = [
  joinedMail,
  removedMail,
  roleMail,
  requestMail,
  invitationMail,
  syncOrganization,
  compareWithTwin,
  lookAgain,
  adoptOrganization,
  awaitOwner,
  followClaimsJob,
  reconcile,
  followWebhook,
  deleteUserAtLogto,
  unlinkAtLogto,
  followMembers,
];
