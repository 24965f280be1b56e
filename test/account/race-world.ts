import { v7 as createId } from "uuid";

import type { Organization, Person, RunningApplication } from "../support/application.ts";

export type RaceWorld = {
  organization: Organization;
  first: Person;
  second: Person;
  member: Person;
};

const someone = (): Person => ({ id: createId(), name: "Racer" });

/** Organizations of two owners and a member each, made at once: races need many. */
export async function createRaceWorlds(
  application: RunningApplication,
  count: number,
): Promise<RaceWorld[]> {
  const worlds = Array.from({ length: count }, () => {
    const id = createId();
    const organization = { id, slug: `race-${id}`, name: "Race" };
    return { organization, first: someone(), second: someone(), member: someone() };
  });
  const rows = worlds.map(({ organization, first, second, member }) => ({
    organization: organization.id,
    slug: organization.slug,
    members: [
      { id: first.id, role: "owner" },
      { id: second.id, role: "owner" },
      { id: member.id, role: "member" },
    ],
  }));
  await application.query(
    `with wanted as (select organization::uuid, slug, (m->>'id')::uuid as user_id, m->>'role' as role
                       from jsonb_to_recordset($1::jsonb) as w(organization text, slug text, members jsonb),
                            jsonb_array_elements(members) m),
     made_users as (insert into users (id, issuer, subject, name)
                      select user_id, 'https://id.example/oidc', user_id, 'Racer' from wanted),
     made_organizations as (insert into organizations (id, slug, name)
                              select distinct organization, slug, 'Race' from wanted),
     made_slugs as (insert into organization_slugs (organization_id, slug)
                      select distinct organization, slug from wanted)
     insert into memberships (organization_id, user_id, role)
       select organization, user_id, role::role from wanted`,
    [JSON.stringify(rows)],
  );
  return worlds;
}

export const countOwners = (members: Record<string, string> | undefined): number =>
  Object.values(members ?? {}).filter((role) => role === "owner").length;
