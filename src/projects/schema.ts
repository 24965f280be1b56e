import { z } from "zod";

import { nameField } from "../http/name-field.ts";
import { noticeField } from "../http/notice-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../organizations/schema.ts";

export const projectParams = organizationParams.extend({ projectId: uuidField() });

export const projectBody = z.strictObject({ name: nameField });

/** What a page says after a form did its work. */
const notices = {
  created: "The project was created.",
  renamed: "The project was renamed.",
  archived: "The project was archived.",
  restored: "The project was restored.",
  deleted: "The project was deleted.",
};

export type Notice = keyof typeof notices;

export const projectQuery = z.object({ notice: noticeField(notices) });

export const projectsQuery = projectQuery.extend({
  archived: z.literal("yes").optional(),
  /** The last one of the page before. */
  after: z.uuid().optional(),
});

export type ProjectsQuery = z.output<typeof projectsQuery>;
