import { z } from "zod";

import type { HuggingFacePlace } from "./person.ts";
import { plainName } from "./plain-text.ts";

/** The id of an organization at Hugging Face. It never changes; handle and name may. */
export const subjectPattern = /^[A-Za-z0-9]{1,64}$/;

/** Further organizations of a person are ignored. */
const mostPlaces = 200;
const longestName = 100;

/**
 * An entry of `orgs` in Hugging Face's userinfo. Only an application with the scope `read-memberships`, or one that was
 * given access to the organization, gets `roleInOrg`, `pendingSSO` and `missingMFA`
 * (https://huggingface.co/docs/hub/oauth). Without a role that we know, the person is in the organization in an unknown
 * role: nobody joins by that, and nobody loses access by it.
 */
const entry = z
  .object({
    sub: z.string().regex(subjectPattern),
    name: plainName.catch(null),
    preferred_username: z.string().regex(/^[\w.-]{1,100}$/),
    roleInOrg: z.enum(["admin", "write", "contributor", "read"]).nullable().catch(null),
    pendingSSO: z.unknown().optional(),
    missingMFA: z.unknown().optional(),
  })
  .transform(
    ({ sub, name, preferred_username: handle, roleInOrg, pendingSSO, missingMFA }) =>
      ({
        id: sub,
        // Cut by code points: PostgreSQL refuses half a surrogate pair.
        name: Array.from(name ?? handle)
          .slice(0, longestName)
          .join(""),
        handle,
        role: roleInOrg,
        isActive: !isSaid(pendingSSO) && !isSaid(missingMFA),
      }) satisfies HuggingFacePlace,
  );

/** Any claim that is not plainly a no is a yes: either one makes the person no member. */
function isSaid(claim: unknown): boolean {
  return claim !== undefined && claim !== null && claim !== false;
}

/**
 * Reads the organizations that a person works in from the claim `orgs`. It leaves out malformed entries, and nothing in the
 * claim can make a sign-in fail.
 */
export function readPlaces(orgs: unknown): HuggingFacePlace[] {
  const entries: unknown[] = Array.isArray(orgs) ? orgs.slice(0, mostPlaces) : [];
  const places = new Map<string, HuggingFacePlace>();
  for (const each of entries) {
    const { data: place } = entry.safeParse(each);
    if (place && !places.has(place.id)) places.set(place.id, place);
  }
  return [...places.values()];
}
