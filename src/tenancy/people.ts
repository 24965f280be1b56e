import type { Read } from "../http/route.ts";
import type { Counts } from "./actor.ts";
import type { MenuEntry } from "./organization-page.tsx";

/** The label of the section, and its name in the routes of its pages. */
export const people = "People";

/** A page of the section "People", shown as a tab to those who may open it. */
export type PeopleTab = MenuEntry & {
  /** SQL that selects the rows which wait there, in the current organization: the tab shows their number. */
  waiting?: string;
};

/** A tab counts no further. */
const most = 100;

/** @returns undefined if nothing waits */
export function writeCount(count = 0): string | undefined {
  if (count === 0) return undefined;
  return count < most ? String(count) : `${most - 1}+`;
}

/** Reads how much waits behind each tab; null if no tab counts. */
export function readCounts(tabs: readonly PeopleTab[]): Read<Counts> | null {
  const counts = tabs.flatMap(({ path, waiting }) =>
    waiting === undefined
      ? []
      : `(select count(*)::int from (${waiting} limit ${most}) w) as "${path}"`,
  );
  if (counts.length === 0) return null;
  return { name: "people-counts", text: `select ${counts.join(", ")}`, values: [] };
}
