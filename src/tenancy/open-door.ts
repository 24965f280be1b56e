import type { SignedIn } from "./actor.ts";

/** A way into an organization that somebody does not belong to yet, as their list of organizations shows it. */
export type OpenDoor = {
  /** Names the organization in it. */
  organizationName: string;
  /** Why it is open, or what it waits for: "Ada invites you to be a member." */
  text: string;
  /** Buttons, each a form that posts to a path of ours: see `accountFormAction`. */
  actions: readonly { label: string; action: string; tone: "primary" | "plain" }[];
};

/** A feature's ways in for somebody; none where there is none. */
export type FindDoors = (actor: SignedIn) => Promise<readonly OpenDoor[]>;
