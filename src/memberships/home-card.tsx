import { displayName } from "../identity/display-name.ts";
import { defineHomeCard } from "../tenancy/home-card.ts";
import { Avatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { InviteLink } from "./invite-link.tsx";
import { countMembers, writeMemberCount } from "./member-list.ts";
import { membersPath } from "./paths.ts";

type Face = { id: string; name: string | null; username: string | null; avatarUrl: string | null };

/** The people of an organization: how many they are, and the faces of those who joined first. */
export const peopleCard = defineHomeCard<{ count: number; faces: Face[] | null }>({
  permission: "member:read",
  place: "side",
  select: `
    json_build_object(
      'count', ${countMembers},
      'faces', (select json_agg(face)
                  from (select u.id, u.name, u.username, u.avatar_url as "avatarUrl"
                          from memberships m join users u on u.id = m.user_id
                         where m.organization_id = current_organization_id() and m.suspended_at is null
                         order by m.created_at, m.user_id
                         limit 6) face))`,
  show: (actor, { count, faces }) => {
    const people = (faces ?? []).map((face) => ({ ...face, shown: displayName(face) }));
    return (
      <Card id="people" title="People" action={<AllLink href={membersPath(actor.organization)} />}>
        <div class="flex flex-wrap gap-2" aria-hidden="true">
          {people.map(({ id, shown, avatarUrl }) => (
            <Avatar key={id} name={shown} imageUrl={avatarUrl} />
          ))}
        </div>
        <p class="my-4 last:mb-0">
          <span class="font-semibold">{countPeople(count)}</span>
          <span class="break-name mt-0.5 line-clamp-3 text-base-content/75">
            {people.map(({ id, shown }, index) => (
              <>
                {index > 0 && ", "}
                <bdi key={id}>{shown}</bdi>
              </>
            ))}
            {count > people.length && " and others"}
          </span>
        </p>
        <InviteLink actor={actor} />
      </Card>
    );
  },
});

function AllLink({ href }: { href: string }) {
  return (
    <a class="link" href={href}>
      All members
    </a>
  );
}

/** "1 member", "1,204 members". */
function countPeople(count: number): string {
  return `${writeMemberCount(count)} ${count === 1 ? "member" : "members"}`;
}
