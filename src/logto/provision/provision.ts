import type { ManagementApi } from "../client/management-api.ts";
import type { ProvisionConfig } from "./config.ts";
import { checkIssuer } from "./issuer.ts";
import { reportJustInTime } from "./just-in-time.ts";
import type { Ledger } from "./ledger.ts";
import { provisionOrganizationTemplate } from "./organization-template.ts";
import { provisionSignIn } from "./sign-in.ts";
import { findMachine, provisionWebApplication } from "./web-application.ts";
import { provisionWebhook } from "./webhook.ts";

export type Step = { api: ManagementApi; config: ProvisionConfig; ledger: Ledger };

/** The settings that follow from what Logto now has; undefined: not known yet, in a dry run. */
export type ProvisionedSettings = Record<
  | "LOGTO_APP_ID"
  | "LOGTO_APP_SECRET"
  | "LOGTO_M2M_APP_ID"
  | "LOGTO_M2M_APP_SECRET"
  | "LOGTO_WEBHOOK_SIGNING_KEY",
  string | undefined
>;

/**
 * Makes Logto ready for us: creates what is missing, mends what differs, and leaves everything else. Doing it again
 * changes nothing. Nothing is ever deleted.
 *
 * @param keepSignIn leaves how people sign in (connector, sign-in experience, account pages) to the operator
 * @throws LogtoError, ProvisionError; what was done until then is in the ledger
 */
export async function provision(
  step: Step,
  { keepSignIn }: { keepSignIn: boolean },
): Promise<ProvisionedSettings> {
  const { credentials } = step.config.management;
  await checkIssuer(step.config);
  await findMachine(step);
  const application = await provisionWebApplication(step);
  await provisionOrganizationTemplate(step);
  if (keepSignIn) {
    step.ledger.skip("sign-in", "left as it is: connector, sign-in experience, account pages");
  } else await provisionSignIn(step, application.id);
  const signingKey = await provisionWebhook(step);
  await reportJustInTime(step);
  return {
    LOGTO_APP_ID: application.id,
    LOGTO_APP_SECRET: application.secret,
    LOGTO_M2M_APP_ID: credentials.appId,
    LOGTO_M2M_APP_SECRET: credentials.appSecret,
    LOGTO_WEBHOOK_SIGNING_KEY: signingKey,
  };
}
