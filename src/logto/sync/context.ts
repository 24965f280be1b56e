import type { JobContext } from "../../jobs/job.ts";
import type { ManagementApi } from "../client/management-api.ts";

/** The context of the jobs that talk to Logto. */
export type LogtoJobContext = JobContext & {
  /** Null: this installation does not sync with Logto. */
  logto: ManagementApi | null;
};

/** The context of a comparison with Logto. */
export type SyncContext = Pick<JobContext, "database" | "baseUrl" | "logger"> & {
  logto: ManagementApi;
};
