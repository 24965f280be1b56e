import { z } from "zod";

import { roles } from "../access/roles.ts";
import { JoinMode } from "../database/generated/client.ts";
import { normalizeDomain } from "../http/email-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { refuseDomain } from "./claimable-domain.ts";

/** In the normal form, in which we store it. */
const domainParam = z.string().refine((value) => normalizeDomain(value) === value);

export const emailDomainParams = organizationParams.extend({ domain: domainParam });

export const joiningParams = z.object({ organizationId: uuidField(), domain: domainParam });

export const claimBody = z.strictObject({
  domain: z.string("Please enter a domain.").transform((value, context) => {
    const domain = normalizeDomain(value);
    const refusal =
      domain === null ? "Please enter a domain, such as example.com." : refuseDomain(domain);
    if (domain !== null && refusal === null) return domain;
    context.addIssue({ code: "custom", message: refusal ?? "" });
    return z.NEVER;
  }),
});

export const rulesBody = z.strictObject({
  mode: z.enum(JoinMode, "Please choose how people join."),
  role: z.enum(roles).exclude(["owner"], "Please choose one of the roles."),
});

export type Rules = z.output<typeof rulesBody>;
