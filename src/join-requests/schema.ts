import { z } from "zod";

import { noticeField } from "../http/notice-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";

export const joinRequestParams = organizationParams.extend({ requestId: uuidField() });

/** For the person who asked, who cannot know the slug yet. */
export const ownRequestParams = z.object({ organizationId: uuidField(), requestId: uuidField() });

const notices = {
  approved: "They are a member now.",
  refused: "The request was refused.",
};

export type Notice = keyof typeof notices;

export const joinRequestsQuery = z.object({
  notice: noticeField(notices),
  /** The last id of the page before. */
  after: z.uuid().optional(),
});
