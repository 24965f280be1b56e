import { z } from "zod";

import { readPlaces } from "../identity/hugging-face-claims.ts";
import type { HuggingFacePlace } from "../identity/person.ts";
import { exactText, plainName } from "../identity/plain-text.ts";

/** A Hugging Face account and its organizations. */
export type HuggingFaceAccount = {
  subject: string;
  handle: string | null;
  name: string | null;
  email: string | null;
  emailVerified: boolean;
  places: HuggingFacePlace[];
};

const account = z.object({
  preferred_username: exactText.catch(null),
  name: plainName.catch(null),
  email: exactText.catch(null),
  email_verified: z.boolean().catch(false),
  orgs: z.unknown().optional(),
});

/** Reads Hugging Face's userinfo; malformed claims are treated as missing. */
export function readAccount(subject: string, userinfo: unknown): HuggingFaceAccount {
  const { preferred_username, name, email, email_verified, orgs } = account.parse(userinfo);
  return {
    subject,
    handle: preferred_username,
    name,
    email,
    emailVerified: email !== null && email_verified,
    places: readPlaces(orgs),
  };
}
