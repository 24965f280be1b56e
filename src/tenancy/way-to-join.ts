import { z } from "zod";

import { organizationPath } from "../access/organization-path.ts";
import type { Permission, Role } from "../access/roles.ts";
import type { Read } from "../http/route.ts";

/**
 * One kind of ways to join an organization, for the page that shows all of them. A feature with one has a `way-to-join.ts`, and
 * its `feature.ts` declares it.
 *
 * @param Facts the facts that `describe` needs of an open one, as JSON has them
 */
export type WayToJoin<Facts = unknown> = {
  title: string;
  /** Says in a sentence whom it lets in. */
  text: string;
  /** Lets an admin see and close the open ones. */
  permission: Permission;
  /** The page on which it is set up, behind `/o/:slug`. */
  page?: { path: string; label: string };
  /**
   * SQL that selects the open ones of the current organization, the newest first: id (text), facts (jsonb), opener_id, opened_at
   * and last_used_at. The page shows the
   * first twenty. Left out if the application does not know them.
   */
  open?: string;
  /** @returns null if it lets nobody in after all */
  describe?(facts: Facts, id: string): DescribedWay | null;
};

export type DescribedWay = {
  title: string;
  /** The roles that it gives. */
  roles: readonly Role[];
  text: string;
  /** Whether the text tells how often it was used. */
  countsUses?: boolean;
  expiresAt?: Date;
  /** The form that closes it: its address behind `/o/:slug`, and what happens then. */
  closing: { path: string; label: string; text: string };
};

/** One that is open, and the person who opened it; without a name if they deleted their account. */
export type OpenWay = {
  /** Its place in the list of all ways. */
  way: number;
  id: string;
  facts: unknown;
  openedAt: Date;
  lastUsedAt: Date | null;
  openerId: string | null;
  name: string | null;
  username: string | null;
  email: string | null;
};

/** How many of each way the page shows; it reads one more. */
export const mostShown = 20;

/** Reads the open ways to join the current organization. */
export function readOpenWays(ways: readonly WayToJoin[]): Read<OpenWay> {
  const selects = ways.flatMap(({ open }, index) =>
    open === undefined
      ? []
      : `select ${index} as way, w.id, w.facts, w.opened_at as "openedAt", w.last_used_at as "lastUsedAt",
                u.id as "openerId", u.name, u.username, u.proven_email as email
           from (${open} limit ${mostShown + 1}) w
           left join users u on u.id = w.opener_id and u.deleted_at is null`,
  );
  return {
    name: "open-ways-to-join",
    text: `select * from (${selects.join(" union all ") || none}) open order by way, "openedAt" desc, id desc`,
    values: [],
  };
}

const none = `select 0 as way, '' as id, now() as "openedAt" where false`;

/** @public The page that shows all ways to join. */
export function joiningPath({ slug }: { slug: string }): string {
  return `${organizationPath(slug)}/joining`;
}

/** @public The query of a form that closes a way to join: whether it was on that page, and leads back there. */
export const closingQuery = z.object({ from: z.literal("joining").optional() });
