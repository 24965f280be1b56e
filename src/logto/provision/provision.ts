import { z } from "zod";

import { LogtoError } from "../client/logto-error.ts";
import { sendRequest } from "../client/send-request.ts";
import type { ProvisionConfig } from "./config.ts";
import { reportJustInTime } from "./just-in-time.ts";
import { provisionOrganizationTemplate } from "./organization-template.ts";
import { provisionSignIn } from "./sign-in.ts";
import { ProvisionError, type Step } from "./step.ts";
import { findMachine, provisionWebApplication } from "./web-application.ts";
import { provisionWebhook } from "./webhook.ts";

/** The settings that follow from what Logto has now; undefined if a dry run does not know them yet. */
export type ProvisionedSettings = Record<
  | "LOGTO_APP_ID"
  | "LOGTO_APP_SECRET"
  | "LOGTO_M2M_APP_ID"
  | "LOGTO_M2M_APP_SECRET"
  | "LOGTO_WEBHOOK_SIGNING_KEY",
  string | undefined
>;

/**
 * Makes Logto ready for this application: it creates what is missing, mends what differs, and leaves everything else. A
 * second run changes nothing. It never deletes anything.
 *
 * @param options.keepSignIn leaves connector, sign-in experience and account pages to the operator
 * @throws LogtoError, ProvisionError; the ledger says what was done until then
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

const discovery = z.object({ issuer: z.string() });
const timeoutMs = 3_000;

/**
 * Checks that Logto answers at LOGTO_ENDPOINT, and that its issuer has that address: each sign-in depends on it.
 *
 * @throws LogtoError, ProvisionError
 */
async function checkIssuer({ endpoint }: ProvisionConfig): Promise<void> {
  const request = new Request(`${endpoint}/oidc/.well-known/openid-configuration`);
  const answer = await sendRequest(request, timeoutMs);
  const { data } = discovery.safeParse(await answer.json().catch(() => undefined));
  if (!data) throw new LogtoError("invalid_answer", "no discovery document");
  if (data.issuer !== `${endpoint}/oidc`) {
    const own = data.issuer.replace(/\/oidc$/, "");
    throw new ProvisionError(
      `Logto at ${endpoint} calls itself ${own}, and nobody could sign in. Set LOGTO_ENDPOINT to that, or ENDPOINT of Logto itself to ${endpoint}.`,
    );
  }
}
