import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { readProvisionConfig } from "../../src/logto/provision/config.ts";
import { createLedger } from "../../src/logto/provision/ledger.ts";
import { provision } from "../../src/logto/provision/provision.ts";
import { provisionSignIn } from "../../src/logto/provision/sign-in.ts";

/**
 * Provisions the stand-in as `npm run logto:provision` provisions a real Logto.
 *
 * @param environment of the application
 * @returns the key that its webhooks are signed with
 */
export async function provisionStandIn(
  environment: Record<string, string>,
): Promise<{ logto: ManagementApi; signingKey: string | undefined }> {
  const step = describeStep(environment);
  const settings = await provision(step, { keepSignIn: false });
  return { logto: step.api, signingKey: settings.LOGTO_WEBHOOK_SIGNING_KEY };
}

/** Provisions only how people sign in: no roles, and no webhook. */
export async function provisionSignInOfStandIn(environment: Record<string, string>): Promise<void> {
  await provisionSignIn(describeStep(environment), environment["LOGTO_APP_ID"]);
}

function describeStep(environment: Record<string, string>) {
  const config = readProvisionConfig({ ...environment, NODE_ENV: "development" });
  const api = createManagementApi({ endpoint: config.endpoint, ...config.management });
  return { api, config, ledger: createLedger({ isDryRun: false }) };
}
