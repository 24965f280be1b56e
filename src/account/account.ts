import { z } from "zod";

import type { Identity, User } from "../database/generated/client.ts";
import type { Read } from "../http/route.ts";
import { singleSignOn } from "../identity/profile.ts";

const accounts = z.array(singleSignOn).catch([]);

export type AccountRow = Pick<
  User,
  | "name"
  | "username"
  | "email"
  | "emailVerified"
  | "avatarUrl"
  | "timeZone"
  | "createdAt"
  | "singleSignOn"
> & {
  identities: Pick<Identity, "provider" | "handle" | "name" | "email" | "provenEmail">[];
};

export type Account = ReturnType<typeof describeAccount>;

/** Reads the present person for their own page, with the accounts elsewhere that sign them in. */
export const readAccount = (): Read<AccountRow> => ({
  name: "read-account",
  text: `
    select u.name, u.username, u.email, u.email_verified as "emailVerified", u.avatar_url as "avatarUrl", u.time_zone as "timeZone",
           u.created_at as "createdAt", u.single_sign_on as "singleSignOn",
           coalesce((select json_agg(json_build_object('provider', i.provider, 'handle', i.handle, 'name', i.name,
                                                       'email', i.email, 'provenEmail', i.proven_email)
                                     order by i.provider)
                       from identities i where i.user_id = u.id), '[]') as identities
      from users u where u.id = current_user_id()`,
  values: [],
});

/** Makes an account of the row of `readAccount`. */
export function describeAccount(user: AccountRow) {
  const huggingFace = user.identities.find(({ provider }) => provider === "huggingface");
  return {
    ...user,
    /** Whether the address is that of the account itself. */
    hasOwnEmail: user.email !== null,
    // Where only Hugging Face knows their address, that one is shown.
    ...(user.email === null &&
      huggingFace?.email && {
        email: huggingFace.email,
        emailVerified: huggingFace.provenEmail !== null,
      }),
    singleSignOn: accounts.parse(user.singleSignOn),
  };
}
