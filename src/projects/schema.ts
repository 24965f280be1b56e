import { z } from "zod";

import { type Project, ProjectStatus } from "../database/generated/client.ts";
import { dateField, describeVersion, orEmpty } from "../http/form-fields.ts";
import { nameField } from "../http/name-field.ts";
import { cursorField } from "../http/cursor-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";

/** The columns that people fill in: all columns of the model but those that the application fills in. */
export type ProjectFields = Omit<
  Project,
  "organizationId" | "id" | "isArchived" | "createdById" | "createdAt" | "updatedAt"
>;

export const projectParams = organizationParams.extend({ projectId: uuidField() });

const statuses = z.enum(ProjectStatus, "Please choose one of the statuses.");

/** The body of the form. A column that is missing here, or has another type, does not compile. */
export const projectBody = z.strictObject({
  name: nameField,
  status: statuses,
  dueDate: orEmpty(dateField),
} satisfies { [Name in keyof ProjectFields]: z.ZodType<ProjectFields[Name]> });

/** The names of the fields, in the order of the form. */
export const projectFieldNames = projectBody.keyof().options;

/** The form to change a project sends the version that it was filled with. */
export const changeQuery = z.object({ version: z.string().max(64).optional() });

/** The version of a project: a hash of its fields. */
export const versionOf = (project: ProjectFields) =>
  describeVersion(projectFieldNames.map((name) => project[name]));

const sort = z.enum(["newest", "name", "due-date"]);

export type Sort = z.output<typeof sort>;

/** The orders of the list, and their labels. */
export const sorts: Record<Sort, string> = {
  newest: "Newest",
  name: "Name",
  "due-date": "Due date",
};

/** The position where a page of the list ended. */
const position = z.object({
  id: uuidField(),
  name: nameField,
  dueDate: z.iso
    .date()
    .regex(/^[1-9]/)
    .nullable(),
});

export type Position = z.output<typeof position>;

/** A form also sends fields that were left empty. */
const empty = z.literal("").transform(() => undefined);

export const projectsQuery = z.object({
  sort: sort.default("newest"),
  status: z.union([empty, statuses]).optional(),
  archived: z.union([empty, z.literal("yes")]).optional(),
  after: cursorField(position).optional(),
});

export type ProjectsQuery = z.output<typeof projectsQuery>;
