import { account } from "./account/feature.ts";
import { auditLog } from "./audit-log/feature.ts";
import { auth } from "./auth/feature.ts";
import { emailDomains } from "./email-domains/feature.ts";
import { huggingFace } from "./hugging-face/feature.ts";
import { invitations } from "./invitations/feature.ts";
import { joinRequests } from "./join-requests/feature.ts";
import { joining } from "./joining/feature.ts";
import { landing } from "./landing/feature.ts";
import { live } from "./live/feature.ts";
import { logto } from "./logto/feature.ts";
import { memberships } from "./memberships/feature.ts";
import { operations } from "./operations/feature.ts";
import { organizations } from "./organizations/feature.ts";
import { pictures } from "./pictures/feature.ts";
import { projects } from "./projects/feature.ts";
import { joinedMail, removedMail, roleMail } from "./tenancy/mail.ts";
import type { Job } from "./jobs/job.ts";
import { type Task, toJob } from "./jobs/task.ts";
import { purgeLimitCounters } from "./limits/limit-counters.ts";

/** Every feature. The menu of an organization and the list of join options keep this order; nothing else depends on it. */
export const features = [
  operations,
  landing,
  auth,
  logto,
  organizations,
  pictures,
  projects,
  memberships,
  invitations,
  emailDomains,
  huggingFace,
  joinRequests,
  joining,
  auditLog,
  account,
  live,
];

type Build = NonNullable<(typeof features)[number]["build"]>;

/** The values of src/app.tsx that the features need, all of them together. */
export type FeatureContext = [Build] extends [(context: infer Context) => unknown]
  ? Context
  : never;

type Declared<Key extends "jobs" | "tasks"> = NonNullable<(typeof features)[number][Key]>[number];
type ContextOf<Run> = [Run] extends [(first: never, context: infer Context, last: never) => unknown]
  ? Context
  : never;

/** The values of src/main.ts that the jobs of all features need. */
export type JobsContext = ContextOf<Declared<"jobs">["run"]>;
type TasksContext = ContextOf<Declared<"tasks">["run"]>;

/** Every kind of job that code enqueues. */
export const jobs: readonly Job<JobsContext>[] = [
  joinedMail,
  removedMail,
  roleMail,
  ...features.flatMap<Declared<"jobs">>((feature) => feature.jobs ?? []),
];

/** Every kind of job that has a schedule. */
export const scheduledTasks: readonly Task<TasksContext>[] = [
  purgeLimitCounters,
  ...features.flatMap<Declared<"tasks">>((feature) => feature.tasks ?? []),
];

/** Every kind of job that the workers run. */
export const allJobs: readonly Job<JobsContext & TasksContext>[] = [
  ...jobs,
  ...scheduledTasks.map(toJob),
];
