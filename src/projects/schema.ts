import { z } from "zod";

import { nameField } from "../http/name-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../organizations/schema.ts";

export const projectParams = organizationParams.extend({ projectId: uuidField() });

export const projectBody = z.strictObject({ name: nameField });

/** What a form did that led to this page; anything else says nothing. */
const notice = z
  .enum(["created", "renamed", "archived", "restored", "deleted"])
  .optional()
  .catch(undefined);

export type Notice = NonNullable<z.output<typeof notice>>;

export const projectQuery = z.object({ notice });

export const projectsQuery = z.object({
  archived: z.literal("yes").optional(),
  /** The last one of the page before. */
  after: z.uuid().optional(),
  notice,
});

export type ProjectsQuery = z.output<typeof projectsQuery>;
