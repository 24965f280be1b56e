import { followMembers } from "./hugging-face/members-job.ts";
import { invitationMail } from "./invitations/mail.ts";
import { requestMail } from "./join-requests/mail.ts";
import { deleteUserAtLogto } from "./logto/delete-user.ts";
import { followWebhook } from "./logto/follow-webhook.ts";
import { adoptOrganization, awaitOwner } from "./logto/adopt-organization.ts";
import { followClaimsJob } from "./logto/follow-claims.ts";
import { lookAgain } from "./logto/look-again.ts";
import { reconcile } from "./logto/reconcile.ts";
import { unlinkAtLogto } from "./logto/unlink-disputed.ts";
import { compareWithTwin, syncOrganization } from "./logto/sync-organization.ts";
import { joinedMail, removedMail, roleMail } from "./tenancy/mail.ts";
import type { HuggingFaceJobContext } from "./hugging-face/members-job.ts";
import type { Job } from "./jobs/job.ts";
import type { LogtoJobContext } from "./logto/job-context.ts";

/** What the jobs use, all of them together. */
export type JobsContext = LogtoJobContext & HuggingFaceJobContext;

/** Every kind of job that there is. */
export const jobs: readonly Job<JobsContext>[] = [
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
