import { z } from "zod";

import { nameField } from "../http/name-field.ts";

export const createOrganizationBody = z.strictObject({ name: nameField });

export const organizationParams = z.object({ slug: z.string().max(100) });
