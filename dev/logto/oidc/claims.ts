import type { JsonObject, Queryable } from "../store/database.ts";
import { people } from "../people/members.ts";
import type { User } from "../people/users.ts";
import { listSsoIdentities } from "../sso/newcomers.ts";

/** Scope → claims, in Logto's order: discovery lists them so, and tokens carry them so. */
export const claimsOfScope: Record<string, string[]> = {
  openid: ["sub"],
  profile: [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "username",
    "created_at",
  ],
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  address: ["address"],
  custom_data: ["custom_data"],
  identities: ["identities", "sso_identities"],
  roles: ["roles"],
  "urn:logto:scope:organizations": ["organizations", "organization_data"],
  "urn:logto:scope:organization_roles": ["organization_roles"],
  "urn:logto:scope:sessions": [],
  "urn:logto:scope:trusted_devices": [],
};

/** Logto leaves these out of the id_token: they can be large, and userinfo has them. */
const userinfoOnly = ["custom_data", "identities", "sso_identities", "organization_data"];

/**
 * Builds every claim that Logto has about a user; `oidc-provider` then picks those of the granted scopes.
 * Absent values are null (not missing), and times are in milliseconds: both are Logto's habits, not OpenID's.
 */
export async function buildClaims(
  sql: Queryable,
  user: User,
  use: string,
): Promise<JsonObject & { sub: string }> {
  const memberships = await people.listOrganizations(sql, user.id);
  const claims: JsonObject & { sub: string } = {
    sub: user.id,
    name: user.name,
    ...profileClaims(user.profile),
    ...(user.username === null ? {} : { preferred_username: user.username }),
    picture: user.avatar,
    updated_at: user.updatedAt.getTime(),
    username: user.username,
    created_at: user.createdAt.getTime(),
    email: user.primaryEmail,
    email_verified: user.primaryEmail !== null,
    phone_number: user.primaryPhone,
    phone_number_verified: user.primaryPhone !== null,
    custom_data: user.customData,
    identities: user.identities,
    sso_identities: await presentSsoIdentities(sql, user),
    // Logto's global roles; the application uses organization roles only, and the stand-in has no others.
    roles: [],
    organizations: memberships.map(({ id }) => id),
    organization_data: memberships.map(({ id, name, description }) => ({ id, name, description })),
    organization_roles: memberships.flatMap(({ id, organizationRoles }) =>
      organizationRoles.map((role) => `${id}:${role.name}`),
    ),
  };
  if (use === "id_token") for (const name of userinfoOnly) delete claims[name];
  return claims;
}

async function presentSsoIdentities(sql: Queryable, { id }: User) {
  const identities = await listSsoIdentities(sql, id);
  return identities.map(({ issuer, identityId, detail }) => ({ issuer, identityId, detail }));
}

const profileClaimNames: Record<string, string> = {
  familyName: "family_name",
  givenName: "given_name",
  middleName: "middle_name",
  nickname: "nickname",
  preferredUsername: "preferred_username",
  profile: "profile",
  website: "website",
  gender: "gender",
  birthdate: "birthdate",
  zoneinfo: "zoneinfo",
  locale: "locale",
  address: "address",
};

function profileClaims(profile: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(profileClaimNames)
      .filter(([key]) => profile[key] !== undefined)
      .map(([key, claim]) => [claim, profile[key]]),
  );
}
