import type { Membership, Person } from "./people.ts";

/**
 * Builds the userinfo answer. As recorded, a claim that the person does not have is left out, not null, except for name
 * and picture. Scopes: https://huggingface.co/docs/hub/oauth
 */
export function presentClaims(person: Person, scopes: ReadonlySet<string>, origin: string) {
  const { hasPicture, name, email, email_verified, isPro, canPay, orgs, website, ...ids } = person;
  const pictureOf = (username: string) => `${origin}/avatars/${username}.svg`;
  return {
    sub: ids.sub,
    ...(scopes.has("profile") && {
      name,
      preferred_username: ids.preferred_username,
      profile: `${origin}/${ids.preferred_username}`,
      picture: hasPicture ? pictureOf(ids.preferred_username) : null,
      ...(website !== undefined && { website }),
    }),
    ...(scopes.has("email") && email !== undefined && { email, email_verified }),
    ...(isPro !== undefined && { isPro }),
    ...(canPay !== undefined && { canPay }),
    ...(orgs && {
      orgs: orgs.map((org) =>
        Object.assign(
          { picture: pictureOf(org.preferred_username) },
          scopes.has("read-memberships") ? org : withoutMembership(org),
        ),
      ),
    }),
  };
}

/** Every application learns the organizations. The role in them takes the scope `read-memberships`. */
function withoutMembership({ sub, name, preferred_username, isEnterprise }: Membership) {
  return { sub, name, preferred_username, isEnterprise };
}
