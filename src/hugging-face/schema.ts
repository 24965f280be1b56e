import { z } from "zod";

import { JoinMode } from "../database/generated/client.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { subjectPattern } from "../identity/hugging-face-claims.ts";

const subject = z.string().regex(subjectPattern);

export const connectionParams = organizationParams.extend({ subject });

export const joiningParams = z.object({ organizationId: uuidField(), subject });

export const choiceBody = z.strictObject({ choice: z.string().max(8_000) });

/** The format of Hugging Face. No page shows the token again. */
export const tokenBody = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^hf_[A-Za-z0-9_]{10,200}$/, "A Hugging Face token begins with hf_."),
});

/** The rules never give owner. */
const role = z
  .enum(["admin", "member", "viewer", ""], "Please choose one of the roles.")
  .transform((value) => value || null);

export const rulesBody = z.strictObject({
  mode: z.enum(JoinMode, "Please choose how people join."),
  adminRole: role,
  writeRole: role,
  contributorRole: role,
  readRole: role,
});
