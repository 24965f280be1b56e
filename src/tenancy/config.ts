import { z } from "zod";

import { wholeNumber } from "../runtime/settings.ts";

export const organizationSettings = z.object({
  ORGANIZATION_REQUESTS_PER_MINUTE: wholeNumber(0, 10_000_000).default(6000),
});
