import { z } from "zod";

/** Of a route below an organization: the part of its address that is its own. */
export const organizationParams = z.object({ slug: z.string().max(100) });
