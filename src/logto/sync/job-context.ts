import type { JobContext } from "../../jobs/job.ts";
import type { ManagementApi } from "../client/management-api.ts";

/** What the jobs of this folder use. */
export type LogtoJobContext = JobContext & {
  /** Null: nothing is kept in step with Logto. */
  logto: ManagementApi | null;
};
