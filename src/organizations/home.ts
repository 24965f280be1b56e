import type { Read } from "../http/route.ts";
import type { FirstStep, HomeCard } from "../tenancy/home-card.ts";

/** The row of {@link homeReader}: a value for each card, and whether each of the first steps is done. */
export type HomeRow = { isBehind: boolean; isNew: boolean; contents: unknown[]; done: boolean[] };

/** After so many days, an organization is not new any more, whatever is left to do. */
const newDays = 30;

/**
 * Makes the statement that reads the home of the current organization, with the cards and steps of all features.
 *
 * @param isBehind an SQL condition: Logto lacks changes of it; null if nothing is kept in step
 */
export function homeReader(
  isBehind: string | null,
  cards: readonly HomeCard[],
  steps: readonly FirstStep[],
): Read<HomeRow> {
  const done = steps.map((step) => `(${step.isDone})`).join(", ");
  return {
    name: "organization-home",
    text: `
      select ${isBehind ?? "false"} as "isBehind",
             created_at > now() - interval '${newDays} days' as "isNew",
             json_build_array(${cards.map(({ select }) => select).join(", ")}) as contents,
             array[${done}]::boolean[] as done
        from organizations where id = current_organization_id()`,
    values: [],
  };
}
