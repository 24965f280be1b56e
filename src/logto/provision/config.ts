import { z } from "zod";

import { serverSettings } from "../../http/config.ts";
import { arrangeHuggingFaceClient, huggingFaceSettings } from "../../identity/config.ts";
import type { Environment } from "../../runtime/environment.ts";
import { checkSettings, required, secret } from "../../runtime/settings.ts";
import { arrangeManagement, logtoSettings } from "../config.ts";

/** Most of the application's settings may still be missing: provisioning finds some of them. */
const provisionSettings = z.object({
  ...serverSettings.pick({ BASE_URL: true }).shape,
  ...logtoSettings.partial({ LOGTO_APP_ID: true, LOGTO_APP_SECRET: true }).shape,
  LOGTO_M2M_APP_ID: required,
  LOGTO_M2M_APP_SECRET: secret(),
  ...huggingFaceSettings.omit({ HUGGINGFACE_ENDPOINT: true }).shape,
});

export type ProvisionConfig = ReturnType<typeof readProvisionConfig>;

/**
 * Reads the settings of `npm run logto:provision`.
 *
 * @throws InvalidConfigError naming all that is missing or wrong
 */
export function readProvisionConfig(environment: Environment) {
  const values = checkSettings(provisionSettings, environment, "Logto cannot be set up");
  return {
    baseUrl: values.BASE_URL,
    endpoint: values.LOGTO_ENDPOINT,
    management: arrangeManagement(values),
    appId: values.LOGTO_APP_ID,
    appSecret: values.LOGTO_APP_SECRET,
    webhookSigningKey: values.LOGTO_WEBHOOK_SIGNING_KEY,
    huggingFace: arrangeHuggingFaceClient(values),
  };
}
