import { z } from "zod";

import {
  arrangeHuggingFaceClient,
  arrangeManagement,
  checkSettings,
  secret,
  settings,
} from "../../config.ts";

/** Most of the application's settings may still be missing: provisioning finds some of them. */
const provisionSettings = settings
  .pick({
    BASE_URL: true,
    LOGTO_ENDPOINT: true,
    LOGTO_MANAGEMENT_API_RESOURCE: true,
    LOGTO_WEBHOOK_SIGNING_KEY: true,
    HUGGINGFACE_CLIENT_ID: true,
    HUGGINGFACE_CLIENT_SECRET: true,
  })
  .extend({
    LOGTO_M2M_APP_ID: secret,
    LOGTO_M2M_APP_SECRET: secret,
    LOGTO_APP_ID: z.string().optional(),
    LOGTO_APP_SECRET: z.string().optional(),
  });

export type ProvisionConfig = ReturnType<typeof readProvisionConfig>;

/**
 * Reads the settings of `npm run logto:provision`.
 *
 * @throws InvalidConfigError naming all that is missing or wrong
 */
export function readProvisionConfig(environment: Readonly<Record<string, string | undefined>>) {
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
