import { followMembers } from "./hugging-face/members-job.ts";
import { invitationMail } from "./invitations/mail.ts";
import { requestMail } from "./join-requests/mail.ts";
import { deleteUserAtLogto } from "./logto/sync/delete-user.ts";
import { followWebhook } from "./logto/webhooks/follow-webhook.ts";
import { adoptOrganization, awaitOwner } from "./logto/sync/adopt-organization.ts";
import { followClaimsJob } from "./logto/sync/follow-claims.ts";
import { lookAgain } from "./logto/sync/look-again.ts";
import { reconcile } from "./logto/sync/reconcile.ts";
import { unlinkAtLogto } from "./logto/sync/unlink-disputed.ts";
import { compareWithLogto, syncOrganization } from "./logto/sync/sync-organization.ts";
import { joinedMail, removedMail, roleMail } from "./tenancy/mail.ts";
import type { HuggingFaceJobContext } from "./hugging-face/members-job.ts";
import type { Job } from "./jobs/job.ts";
import type { LogtoJobContext } from "./logto/sync/context.ts";

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
  compareWithLogto,
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
