import type { ManagementApi } from "../client/management-api.ts";
import type { ProvisionConfig } from "./config.ts";
import type { Ledger } from "./ledger.ts";

/** The tools of every step of provisioning. */
export type Step = { api: ManagementApi; config: ProvisionConfig; ledger: Ledger };

/** Something that Logto has stands in the way; `message` is the sentence to show. */
export class ProvisionError extends Error {
  override name = "ProvisionError";
}
