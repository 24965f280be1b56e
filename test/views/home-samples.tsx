import type { VNode } from "preact";

import { peopleCard } from "../../src/memberships/home-card.tsx";
import { OrganizationHomePage } from "../../src/organizations/home-view.tsx";
import type { Member } from "../../src/tenancy/actor.ts";
import type { HomeCard } from "../../src/tenancy/home-card.ts";

/** The content of the card of people. */
export function faces(count: number, ...names: (string | null)[]) {
  return {
    count,
    faces: names.map((name, index) => ({
      id: `member-${index}`,
      name,
      username: null,
      avatarUrl: null,
    })),
  };
}

/** The home of an organization, with one card of a feature beside that of people. */
export function showHome(
  actor: Member,
  shown: {
    people: object;
    card?: readonly [HomeCard, unknown];
    isBehind?: boolean;
    done?: boolean;
  },
): VNode {
  const cards: (readonly [HomeCard, unknown])[] = [
    [peopleCard, shown.people],
    ...(shown.card ? [shown.card] : []),
  ];
  return (
    <OrganizationHomePage
      actor={actor}
      cards={cards.map(([card]) => card)}
      steps={[
        { label: "Name it", path: "/settings", permission: "organization:update", isDone: "" },
        { label: "Fill it", path: "/members", permission: "member:read", isDone: "" },
      ]}
      home={{
        isBehind: shown.isBehind ?? false,
        isNew: true,
        contents: cards.map(([, content]) => content),
        done: [true, shown.done ?? false],
      }}
    />
  );
}
