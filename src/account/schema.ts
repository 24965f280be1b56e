import { NIL } from "uuid";
import { z } from "zod";

import { linkField, orEmpty } from "../http/form-fields.ts";
import { describeUnknownField } from "../http/issues.ts";
import { nameField } from "../http/name-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { safeImageUrl } from "../views/safe-image-url.ts";
import { timeZones } from "./time-zones.ts";

/** A field that is left out stays as it is. */
export const profileBody = z
  .strictObject({
    name: orEmpty(nameField),
    picture: orEmpty(
      linkField.refine(
        (text) => safeImageUrl(text) !== null,
        "Please enter an address that begins with https://.",
      ),
    ),
    timeZone: z
      .string()
      .refine((zone) => timeZones.includes(zone), "Please choose a time zone from the list."),
  })
  .partial();

/** The person types this to confirm the deletion. */
export const confirmationPhrase = "delete my account";

/** The field for the plan of an organization that only this person owns. */
export const planField = (organizationId: string) => `organization-${organizationId}`;

const planFieldPattern = /^organization-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The plan for an organization: it is deleted, or handed over to a member. */
export type Plan = "delete" | { successorId: string };

const choice = z.literal(["", "delete"]).or(uuidField());

export const accountDeletionBody = z
  .object({
    confirmation: z
      .string()
      .transform((typed) => typed.trim().toLowerCase())
      .pipe(z.literal(confirmationPhrase, `Please type ${confirmationPhrase} to confirm.`)),
  })
  .catchall(z.unknown())
  .transform(({ confirmation: _typed, ...choices }, { issues }) => {
    const plans = new Map<string, Plan>();
    for (const [field, sent] of Object.entries(choices)) {
      const organizationId = planFieldPattern.exec(field)?.[1];
      const { data: chosen } = choice.safeParse(sent);
      if (organizationId === undefined || chosen === undefined) {
        const message =
          organizationId === undefined
            ? describeUnknownField(field)
            : "Please choose a new owner, or delete it.";
        issues.push({ code: "custom", path: [field], message, input: sent });
      } else if (chosen !== "") {
        const plan = chosen === "delete" ? chosen : { successorId: chosen };
        plans.set(organizationId, plan);
      }
    }
    return { plans };
  });

/** A session by its public id; other texts are the id of no session. */
export const sessionParams = z.object({ sessionId: uuidField().catch(NIL) });

export const revocationBody = z.strictObject({ which: z.enum(["others", "everywhere"]) });
