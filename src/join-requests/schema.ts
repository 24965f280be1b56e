import { z } from "zod";

import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";

export const joinRequestParams = organizationParams.extend({ requestId: uuidField() });

/** For the person who asked, who cannot know the slug yet. */
export const ownRequestParams = z.object({ organizationId: uuidField(), requestId: uuidField() });

export const joinRequestsQuery = z.object({
  /** The last id of the page before. */
  after: z.uuid().optional(),
});
