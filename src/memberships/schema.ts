import { z } from "zod";

import { cursorField, position, writeCursor } from "../http/cursor-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { roles } from "../access/roles.ts";

export const memberParams = organizationParams.extend({ userId: uuidField() });

export const roleBody = z.strictObject({ role: z.enum(roles, "Please choose one of the roles.") });

/** The acts on several members at once. */
const selectionActs = ["role", "suspend", "restore", "remove"] as const;

export type SelectionAct = (typeof selectionActs)[number];

const selectionMessage = "Please select 1 to 20 people first.";

/** A form sends one checked box as a text, and several as an array. Nobody becomes an owner this way. */
export const selectionBody = z.strictObject({
  userId: z
    .union([uuidField(), z.array(uuidField()).max(20)], selectionMessage)
    .transform((ids) => [ids].flat()),
  role: z.enum(roles, "Please choose one of the roles.").exclude(["owner"]).default("viewer"),
  act: z.enum(selectionActs, "Please choose what to do."),
});

/** Whether a member may open the organization. */
export const statuses = ["active", "suspended"] as const;

const filters = {
  search: z
    .string()
    .max(100)
    .transform((text) => text.normalize("NFC").trim() || undefined)
    .optional(),
  // A form sends empty fields, too.
  role: z.union([z.literal("").transform(() => undefined), z.enum(roles)]).optional(),
  status: z.union([z.literal("").transform(() => undefined), z.enum(statuses)]).optional(),
};

/** The address of a page: the filters, the order and the position, which writeFilters() writes, and the member whose acts are shown. */
export const membersPageQuery = z.object({
  ...filters,
  sort: z.union([z.literal("").transform(() => undefined), z.enum(["name", "role"])]).optional(),
  cursor: cursorField(
    position.extend({
      role: z.enum(roles).optional(),
      // PostgreSQL stores no NUL.
      // oxlint-disable-next-line no-control-regex -- this is the one that is looked for
      name: z
        .string()
        .max(200)
        .regex(/^[^\0]*$/)
        .optional(),
    }),
  ).optional(),
  manage: uuidField().optional(),
});

export type MembersPageQuery = z.output<typeof membersPageQuery>;

export function writeFilters({ search, role, status, sort, cursor }: MembersPageQuery) {
  return { search, role, status, sort, cursor: cursor && writeCursor(cursor) };
}

export const membersQuery = z.strictObject({
  ...filters,
  cursor: cursorField(position).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d?$|^100$/, "Please ask for 1 to 100.")
    .transform(Number)
    .optional(),
});

export const membersResponse = z.object({
  members: z.array(
    z.object({
      userId: z.uuid(),
      name: z.string().nullable(),
      username: z.string().nullable(),
      email: z.string().nullable(),
      /** Also false if there is no address. */
      emailVerified: z.boolean(),
      avatarUrl: z.string().nullable(),
      role: z.enum(roles),
      /** Whether it is an application that works for the organization. */
      application: z.boolean(),
      suspended: z.boolean(),
      joinedAt: z.iso.datetime(),
    }),
  ),
  /** Null: there are no more. */
  nextCursor: z.string().nullable(),
});
