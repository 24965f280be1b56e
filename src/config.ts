import { z } from "zod";

import { arrangeDatabase, databaseSettings } from "./database/config.ts";
import { arrangeServer, serverSettings } from "./http/config.ts";
import { arrangeHuggingFace, huggingFaceSettings } from "./identity/config.ts";
import { arrangeLogto, logtoSettings } from "./logto/config.ts";
import { arrangeMail, mailSettings } from "./mail/config.ts";
import { metricsSettings } from "./operations/config.ts";
import type { Environment } from "./runtime/environment.ts";
import { productName } from "./runtime/product.ts";
import { checkSettings } from "./runtime/settings.ts";
import { arrangeSessions, sessionSettings } from "./sessions/config.ts";
import { organizationSettings } from "./tenancy/config.ts";

/** Every setting. Each folder declares its own in its config.ts. */
export const settings = z.object({
  ...serverSettings.shape,
  ...databaseSettings.shape,
  ...metricsSettings.shape,
  ...sessionSettings.shape,
  ...organizationSettings.shape,
  ...logtoSettings.shape,
  ...huggingFaceSettings.shape,
  ...mailSettings.shape,
});

/** The settings of each part of the application, typed and checked. */
export type Config = ReturnType<typeof arrange>;

/**
 * Reads all settings. Nothing else that serves requests looks into the environment.
 *
 * @param environment variables; an empty one counts as not set
 * @throws InvalidConfigError that names every missing or wrong setting and shows no value
 */
export function readConfig(environment: Environment): Config {
  return arrange(checkSettings(settings, environment, `${productName} cannot start`));
}

const arrange = (values: z.output<typeof settings>) => ({
  ...arrangeServer(values),
  ...arrangeDatabase(values),
  /** Clients that ask for metrics must send it; undefined: nobody may ask. */
  metricsToken: values.METRICS_TOKEN,
  sessions: arrangeSessions(values),
  organizations: {
    /** For all members of one organization together, at each instance; 0: without a limit. */
    requestsPerMinute: values.ORGANIZATION_REQUESTS_PER_MINUTE,
  },
  logto: arrangeLogto(values),
  huggingFace: arrangeHuggingFace(values),
  mail: arrangeMail(values),
});
