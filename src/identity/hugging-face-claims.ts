import { z } from "zod";

import type { HuggingFacePlace } from "./person.ts";
import { plainName } from "./plain-text.ts";

/** What Hugging Face calls an organization by, for good: its handle and its name may change. */
export const subjectPattern = /^[A-Za-z0-9]{1,64}$/;

/** Of how many of their organizations note is taken. */
const mostPlaces = 200;
const longestName = 100;

/**
 * An entry of `orgs` in Hugging Face's userinfo. How the person stands in it (`roleInOrg`, `pendingSSO`,
 * `missingMFA`) is only there for an application with the scope `read-memberships`, or one that was given access to
 * the organization (https://huggingface.co/docs/hub/oauth). Without `roleInOrg`, or with a role that we do not know,
 * somebody is in the organization, and we do not know as what: nobody joins by that, and nobody is shut out by it.
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
        // By code points: half a surrogate pair is nothing that PostgreSQL takes.
        name: Array.from(name ?? handle)
          .slice(0, longestName)
          .join(""),
        handle,
        role: roleInOrg,
        isActive: !isSaid(pendingSSO) && !isSaid(missingMFA),
      }) satisfies HuggingFacePlace,
  );

/** Whatever is not plainly a no is a yes: both keep somebody out. */
function isSaid(claim: unknown): boolean {
  return claim !== undefined && claim !== null && claim !== false;
}

/**
 * The organizations that somebody works in, as the claim `orgs` says; what is malformed is left out, and nothing in it
 * can make a sign-in fail.
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
