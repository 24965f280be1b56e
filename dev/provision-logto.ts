import { createManagementApi, type ManagementApi } from "../src/logto/management-api.ts";
import { readProvisionConfig } from "../src/logto/provision/config.ts";
import { createLedger } from "../src/logto/provision/ledger.ts";
import { provision } from "../src/logto/provision/provision.ts";

/**
 * Makes the stand-in ready as `npm run logto:provision` makes a real Logto, but for how people sign in: it knows that.
 *
 * @param environment as the application is to see it
 * @returns the key that its webhooks are signed with
 */
export async function provisionStandIn(
  environment: Record<string, string>,
): Promise<{ logto: ManagementApi; signingKey: string | undefined }> {
  const config = readProvisionConfig({ ...environment, NODE_ENV: "development" });
  const logto = createManagementApi({ endpoint: config.endpoint, ...config.management });
  const step = { api: logto, config, ledger: createLedger({ isDryRun: false }) };
  const settings = await provision(step, { keepSignIn: true });
  return { logto, signingKey: settings.LOGTO_WEBHOOK_SIGNING_KEY };
}
