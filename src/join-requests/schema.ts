import { z } from "zod";

import { noticeField } from "../http/notice-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";

export const joinRequestParams = organizationParams.extend({ requestId: uuidField() });

/** Of whoever asked, and cannot know the organization's address yet. */
export const ownRequestParams = z.object({ organizationId: uuidField(), requestId: uuidField() });

/** What the page says after a form did its work. */
const notices = {
  approved: "They are a member now.",
  refused: "The request was refused.",
};

export type Notice = keyof typeof notices;

export const joinRequestsQuery = z.object({
  notice: noticeField(notices),
  /** The last one of the page before. */
  after: z.uuid().optional(),
});
