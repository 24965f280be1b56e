import { z } from "zod";

/** The parameter of every route of an organization. */
export const organizationParams = z.object({ slug: z.string().max(100) });
