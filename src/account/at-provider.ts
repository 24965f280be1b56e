import type { Issue } from "../http/errors.ts";

/** The parts of an account at the identity provider that people change on our pages; a part that is left out stays. */
export type ProfileChange = { name?: string | null; picture?: string | null };

/** The faults of a change, by field; and false if the provider does not answer: the change arrives later. */
export type ChangeResult = { issues: Issue[]; isMirrored: boolean };

/** The calls to the identity provider on behalf of the person who asks. */
export type AccountsAtProvider = {
  /**
   * Mirrors a user as the provider knows them now, so that the next page shows what they changed there.
   *
   * @returns false if the provider does not answer; the change arrives later then
   */
  pull(userId: string): Promise<boolean>;
  /**
   * Changes a profile there, and then here.
   *
   * @returns the faults, by field, and whether the change is mirrored already
   */
  change(userId: string, change: ProfileChange): Promise<ChangeResult>;
  /** Finds the id of the connector to a social provider. @returns null if there is none, or no answer */
  findConnector(target: string): Promise<string | null>;
};
