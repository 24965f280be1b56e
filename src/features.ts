import { account } from "./account/feature.ts";
import { auditLog } from "./audit-log/feature.ts";
import { auth } from "./auth/feature.ts";
import { emailDomains } from "./email-domains/feature.ts";
import { huggingFace } from "./hugging-face/feature.ts";
import { invitations } from "./invitations/feature.ts";
import { joinRequests } from "./join-requests/feature.ts";
import { landing } from "./landing/feature.ts";
import { logto } from "./logto/feature.ts";
import { memberships } from "./memberships/feature.ts";
import { operations } from "./operations/feature.ts";
import { organizations } from "./organizations/feature.ts";
import { projects } from "./projects/feature.ts";
import { joinedMail, removedMail, roleMail } from "./tenancy/mail.ts";

/** Every feature. The menu of an organization and the list of join options keep this order; nothing else depends on it. */
export const features = [
  operations,
  landing,
  auth,
  logto,
  organizations,
  projects,
  memberships,
  invitations,
  emailDomains,
  huggingFace,
  joinRequests,
  auditLog,
  account,
];

type Build = NonNullable<(typeof features)[number]["build"]>;

/** The values of src/app.tsx that the features need, all of them together. */
export type FeatureContext = [Build] extends [(context: infer Context) => unknown]
  ? Context
  : never;

type FeatureJob = NonNullable<(typeof features)[number]["jobs"]>[number];

/** Every kind of job. */
export const jobs = [
  joinedMail,
  removedMail,
  roleMail,
  ...features.flatMap<FeatureJob>((feature) => feature.jobs ?? []),
];
