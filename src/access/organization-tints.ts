/** How many colours an initial can have (`tint-…` in views/avatar.tsx). */
export const tintCount = 6;

/**
 * Gives each of a person's organizations the number of a colour. No two have the same one while there are enough. Each begins
 * with the colour that its id says; where an older organization has that one, it takes the next that is free. So a new
 * organization changes no other, and neither does a new name.
 */
export function giveTints<Organization extends { id: string }>(
  organizations: readonly Organization[],
): (Organization & { tint: number })[] {
  const tints = new Map<string, number>();
  const taken = new Set<number>();
  // Ids sort by the time they were made (UUIDv7).
  for (const id of organizations.map((each) => each.id).toSorted()) {
    let tint = tintOf(id);
    if (taken.size < tintCount) while (taken.has(tint)) tint = (tint + 1) % tintCount;
    taken.add(tint);
    tints.set(id, tint);
  }
  return organizations.map((each) => ({ ...each, tint: tints.get(each.id) ?? 0 }));
}

/** The colour that an organization begins with. */
export function tintOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16) % tintCount;
}
