import type { JobContext } from "../jobs/job.ts";
import { purgeLogoutTokens } from "../sessions/back-channel.ts";
import { purgeExpiredSessions, type SessionLimits } from "../sessions/sessions.ts";
import type { Feature } from "../tenancy/feature.ts";
import { backChannelLogout } from "./back-channel-logout.ts";
import { type AuthDependencies, authPages } from "./pages.tsx";
import { purgeSignInTransactions } from "./sign-in-transactions.ts";

type TasksContext = JobContext & { sessionLimits: SessionLimits };

export const auth: Feature<AuthDependencies, JobContext, TasksContext> = {
  tasks: [purgeExpiredSessions, purgeLogoutTokens, purgeSignInTransactions],
  build: (context) => ({
    routes: (shared) => [...authPages(context, shared), backChannelLogout(context)],
  }),
};
