import { z } from "zod";

import { required, secret, splitSecrets, webAddress } from "../runtime/settings.ts";

export const logtoSettings = z.object({
  LOGTO_ENDPOINT: webAddress,
  LOGTO_APP_ID: required,
  LOGTO_APP_SECRET: secret(),
  LOGTO_M2M_APP_ID: z.string().optional(),
  LOGTO_M2M_APP_SECRET: secret().optional(),
  LOGTO_MANAGEMENT_API_RESOURCE: z.string().optional(),
  LOGTO_WEBHOOK_SIGNING_KEY: secret().optional(),
});

type LogtoSettings = z.output<typeof logtoSettings>;

export function arrangeLogto(values: LogtoSettings) {
  const { LOGTO_M2M_APP_ID: appId, LOGTO_M2M_APP_SECRET: appSecret } = values;
  return {
    endpoint: values.LOGTO_ENDPOINT,
    appId: values.LOGTO_APP_ID,
    appSecret: values.LOGTO_APP_SECRET,
    /** Null: nothing is kept in step with Logto. */
    management:
      appId && appSecret
        ? arrangeManagement({
            ...values,
            LOGTO_M2M_APP_ID: appId,
            LOGTO_M2M_APP_SECRET: appSecret,
          })
        : null,
    /** The first one is the present one; all of them are accepted. Empty: no webhooks. */
    webhookKeys: splitSecrets(values.LOGTO_WEBHOOK_SIGNING_KEY ?? ""),
  };
}

export function arrangeManagement(
  values: Pick<LogtoSettings, "LOGTO_ENDPOINT" | "LOGTO_MANAGEMENT_API_RESOURCE"> &
    Record<"LOGTO_M2M_APP_ID" | "LOGTO_M2M_APP_SECRET", string>,
) {
  return {
    credentials: { appId: values.LOGTO_M2M_APP_ID, appSecret: values.LOGTO_M2M_APP_SECRET },
    resource: values.LOGTO_MANAGEMENT_API_RESOURCE ?? findManagementResource(values.LOGTO_ENDPOINT),
  };
}

/**
 * Finds the resource indicator of Logto's Management API: one name for every self-hosted Logto, the tenant's address
 * in Logto Cloud.
 */
function findManagementResource(endpoint: string): string {
  return new URL(endpoint).hostname.endsWith(".logto.app")
    ? `${endpoint}/api`
    : "https://default.logto.app/api";
}
