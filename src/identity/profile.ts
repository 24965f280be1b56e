import { z } from "zod";

import type { Person } from "../access/principal.ts";
import type { HuggingFacePlace } from "./person.ts";

/** The facts that we mirror of a person. Absent ones are null. */
export type PersonProfile = Pick<Person, "name" | "username" | "email"> & {
  issuer: string;
  /** The person's id at the provider; with `issuer` the only key to a user of ours (never the email). */
  subject: string;
  /** As the provider says, unless a linked account that it has the address from says otherwise; email-statements.ts judges. */
  emailVerified: boolean;
  picture: string | null;
  identities: {
    target: string;
    subject: string;
    handle: string | null;
    name: string | null;
    email: string | null;
    /** True only if the social provider itself vouches for it. */
    emailVerified: boolean;
    /** The social provider says that it does not vouch for it; Hugging Face does so also by saying nothing. */
    disputesEmail: boolean;
    avatar: string | null;
    /** Where they worked at Hugging Face when the account was linked; none for other providers. */
    places: HuggingFacePlace[];
  }[];
};

/** A person who signed in, as the provider describes them. */
export type AuthenticatedPerson = PersonProfile & {
  organizations: string[];
  organizationRoles: { organizationId: string; role: string }[];
  /** Accounts at enterprises that sign them in; null if the provider does not tell. */
  singleSignOn: SingleSignOn[] | null;
  /** Seconds since they proved who they are, both times by the provider's clock; null if it does not tell. */
  authenticationAge: number | null;
  sid: string | null;
};

/** A profile with what is known of enterprises. */
export type EnterpriseProfile = PersonProfile & {
  /** Left out where no sign-in tells it. */
  singleSignOn?: SingleSignOn[] | null;
  /** As Logto's Management API says; undefined: nobody asked it; null: it did not answer. */
  enterprises?: readonly EnterpriseAccount[] | null | undefined;
};

/** An account at an enterprise's own identity provider, as kept in `users.single_sign_on`. */
export const singleSignOn = z.object({ issuer: z.string(), account: z.string().nullable() });

type SingleSignOn = z.infer<typeof singleSignOn>;

/** An account at an enterprise that signs a person in. */
export type EnterpriseAccount = {
  /** In lower case. */
  email: string | null;
  /** Whether its connector at Logto has the domain of that address: it is believed only there. Null: nobody asked. */
  isAtItsDomain: boolean | null;
};
