import { followMembers } from "./hugging-face/members-job.ts";
import { purgeSignInTransactions } from "./auth/sign-in-transactions.ts";
import { purgeClosedInvitations } from "./invitations/invitation.ts";
import { invitationMail } from "./invitations/mail.ts";
import { requestMail } from "./join-requests/mail.ts";
import { deleteUserAtLogto } from "./logto/delete-user.ts";
import { followWebhook } from "./logto/follow-webhook.ts";
import { adoptOrganization, awaitOwner } from "./logto/adopt-organization.ts";
import { followClaimsJob } from "./logto/follow-claims.ts";
import { lookAgain } from "./logto/look-again.ts";
import { reconcile, scheduleReconciliation } from "./logto/reconcile.ts";
import { unlinkAtLogto } from "./logto/unlink-disputed.ts";
import { compareWithTwin, syncOrganization } from "./logto/sync-organization.ts";
import { purgeOldDeliveries } from "./logto/webhook-deliveries.ts";
import { purgeLimitCounters } from "./limits/limit-counters.ts";
import { purgeDeletedOrganizations } from "./organizations/deletion.ts";
import { purgeLogoutTokens } from "./sessions/back-channel.ts";
import { purgeExpiredSessions, type SessionLimits } from "./sessions/sessions.ts";
import { joinedMail, removedMail, roleMail } from "./tenancy/mail.ts";
import type { HuggingFaceJobContext } from "./hugging-face/members-job.ts";
import type { Job, JobContext } from "./jobs/job.ts";
import { type Task, toJob } from "./jobs/task.ts";
import type { LogtoJobContext } from "./logto/job-context.ts";

/** What all jobs together use. */
export type JobsContext = LogtoJobContext & HuggingFaceJobContext;

/** What all tasks together use. */
type TasksContext = JobContext & { sessionLimits: SessionLimits };

/** Every kind of job that something asks for. */
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

/** Every kind of job that the clock asks for. */
export const tasks: readonly Task<TasksContext>[] = [
  purgeExpiredSessions,
  purgeLogoutTokens,
  purgeLimitCounters,
  purgeSignInTransactions,
  purgeClosedInvitations,
  purgeDeletedOrganizations,
  purgeOldDeliveries,
  scheduleReconciliation,
];

/** What the workers do. */
export const allJobs: readonly Job<JobsContext & TasksContext>[] = [...jobs, ...tasks.map(toJob)];
