import type { ComponentChildren } from "preact";

import type { Permission } from "../access/roles.ts";
import type { Member } from "./actor.ts";

/**
 * A card on the home of an organization.
 *
 * @param Content the JSON value of `select`, which only the card's author knows
 */
export type HomeCard<Content = unknown> = {
  /** The members who see it. */
  permission: Permission;
  /** The wide column, or the narrow one beside it. */
  place: "main" | "side";
  /**
   * An SQL expression of one JSON value about `current_organization_id()`. One statement reads the cards of all features, before the
   * role of the reader is known: each must be cheap, however much an organization has.
   */
  select: string;
  /** Shows the card to a member who has the permission. */
  show(actor: Member, content: Content): ComponentChildren;
};

/** Declares a card of the home: it gets what its own expression has selected. */
export function defineHomeCard<Content>(card: HomeCard<Content>): HomeCard {
  return card;
}

/** A thing to do in a new organization. Its home lists them until all are done. */
export type FirstStep = {
  label: string;
  /** The page on which it is done, behind `/o/:slug`. */
  path: string;
  permission: Permission;
  /** An SQL condition about `current_organization_id()`, as cheap as that of a card. */
  isDone: string;
};
