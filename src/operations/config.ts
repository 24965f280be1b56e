import { z } from "zod";

import { secret } from "../runtime/settings.ts";

export const metricsSettings = z.object({
  METRICS_TOKEN: secret(z.string().min(16, "must have at least 16 characters")).optional(),
});
