import { z } from "zod";
import { readPlaces } from "../identity/hugging-face-claims.ts";
import { invalidAnswer, parseAnswer } from "./error.ts";
import type { IdTokenClaims } from "./id-token.ts";
import type { AuthenticatedPerson, PersonProfile } from "../identity/profile.ts";
import { exactText, plainName } from "../identity/plain-text.ts";

/** The picture ends up in an `src`, so it has to be a web address. */
const webAddress = exactText.transform((value) => {
  const url = value !== null && value.length <= 2048 && URL.canParse(value) ? new URL(value) : null;
  return url && ["http:", "https:"].includes(url.protocol) ? value : null;
});

/** `rawData` is the social provider's answer: nothing in it can make a sign-in fail. */
const rawProfile = z.object({
  preferred_username: exactText.catch(null),
  email: exactText.catch(null),
  email_verified: z.boolean().nullish().catch(false),
  orgs: z.unknown().optional(),
});

const identity = z.object({
  userId: z.string().min(1),
  details: z
    .object({
      name: plainName.catch(null),
      email: exactText.catch(null),
      avatar: webAddress.catch(null),
      rawData: rawProfile.nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

const ssoIdentity = z
  .object({
    issuer: z.string().min(1),
    detail: z
      .object({ email: exactText.catch(null), name: plainName.catch(null) })
      .catch({ email: null, name: null }),
  })
  .transform(({ issuer, detail }) => ({ issuer, account: detail.email ?? detail.name }));

/** `<organization id>:<role name>`, as recorded; a role's name may have a colon, an id has none. */
const organizationRole = z
  .string()
  .regex(/^[^:]+:./)
  .transform((value) => {
    const colon = value.indexOf(":");
    return { organizationId: value.slice(0, colon), role: value.slice(colon + 1) };
  });

const profileClaims = z.object({
  sub: z.string(),
  name: plainName,
  username: exactText,
  email: exactText,
  email_verified: z.boolean().nullish(),
  picture: webAddress,
  identities: z.record(z.string(), identity).nullish(),
});

const personClaims = profileClaims.extend({
  organizations: z.array(z.string().min(1)).nullish(),
  organization_roles: z.array(organizationRole).nullish(),
  sso_identities: z.array(ssoIdentity).nullish().catch(null),
});

/**
 * Describes a person by a verified ID token and the userinfo answer that came with it.
 *
 * @throws OpenIdError when userinfo is about another person (OpenID Connect Core 1.0 section 5.3.2) or malformed
 */
export function describePerson(idToken: IdTokenClaims, userinfo: unknown): AuthenticatedPerson {
  const claims = parseAnswer(personClaims, userinfo, refuse);
  if (claims.sub !== idToken.sub) throw refuse("sub is of another person");
  return {
    ...arrangeProfile(idToken.iss, claims),
    organizations: claims.organizations ?? [],
    organizationRoles: claims.organization_roles ?? [],
    singleSignOn: claims.sso_identities ?? null,
    authenticationAge: measureAuthenticationAge(idToken),
    sid: idToken.sid ?? null,
  };
}

/**
 * Reads what we mirror of a person from claims that need not be of a sign-in.
 *
 * @throws OpenIdError when the claims are malformed
 */
export function describeProfile(issuer: string, claims: unknown): PersonProfile {
  return arrangeProfile(issuer, parseAnswer(profileClaims, claims, refuse));
}

const refuse = (reason: string) => invalidAnswer(`userinfo: ${reason}`);

function arrangeProfile(issuer: string, claims: z.output<typeof profileClaims>): PersonProfile {
  const identities = Object.entries(claims.identities ?? {}).map(describeIdentity);
  return {
    issuer,
    subject: claims.sub,
    name: claims.name,
    username: claims.username,
    email: claims.email,
    emailVerified:
      claims.email !== null &&
      claims.email_verified === true &&
      !identities.some((linked) => isUnvouched(linked, claims.email)),
    picture: claims.picture,
    identities,
  };
}

function measureAuthenticationAge({ iat, auth_time: authTime }: IdTokenClaims): number | null {
  return typeof authTime === "number" ? Math.max(0, iat - authTime) : null;
}

type Identity = AuthenticatedPerson["identities"][number];

function describeIdentity([target, { userId, details }]: [
  string,
  z.infer<typeof identity>,
]): Identity {
  const rawData = details?.rawData;
  const email = details?.email ?? rawData?.email ?? null;
  // The raw answer may be about another address than the one that Logto took.
  const isMeant = !rawData?.email || rawData.email.toLowerCase() === email?.toLowerCase();
  const emailVerified = email !== null && isMeant && rawData?.email_verified === true;
  const isAsked = target === "huggingface" || typeof rawData?.email_verified === "boolean";
  return {
    target,
    subject: userId,
    handle: rawData?.preferred_username ?? null,
    name: details?.name ?? null,
    email,
    emailVerified,
    disputesEmail: email !== null && !emailVerified && isAsked,
    avatar: details?.avatar ?? null,
    places: target === "huggingface" ? readPlaces(rawData?.orgs) : [],
  };
}

/**
 * Logto marks an address that came from Hugging Face as verified even when Hugging Face says it is not
 * (test/fixtures/logto/hugging-face.json), so we do not believe Logto about it.
 */
function isUnvouched(linked: Identity, email: string | null): boolean {
  const isSameAddress = linked.email?.toLowerCase() === email?.toLowerCase();
  return linked.target === "huggingface" && isSameAddress && !linked.emailVerified;
}
