import type { Role } from "../access/roles.ts";
import type { Transaction } from "../database/database.ts";

/** The request of a person to join an organization. */
export type JoinRequest = {
  organizationId: string;
  userId: string;
  /** The role when the person asked; the approval decides which role they get. */
  role: Role;
  /** The name of a {@link JoinOrigin}. */
  origin: string;
  /** Which invitation, domain or connection lets the person ask. */
  originId: string;
};

/**
 * A reason for which people may ask to join, such as an email domain: each feature with one has a `join-origin.ts`, and
 * its `feature.ts` declares it. Both functions run inside the organization's scope, `grant` in the transaction of the
 * approval.
 */
export type JoinOrigin = {
  /** The name in the table and in the audit log: `invitation`, `email_domain`, `hugging_face`. */
  name: string;
  /**
   * Says why the person may ask, to be read after their name: "asks to use the invitation for ada@example.com".
   *
   * @returns null if the reason does not exist any more: then `grant` returns null, too
   */
  describe(tx: Transaction, request: JoinRequest): Promise<string | null>;
  /**
   * Checks the reason again, and records the approval.
   *
   * @returns the role that the person gets, and details for the audit log; null if the reason does not exist any more
   */
  grant(
    tx: Transaction,
    request: JoinRequest,
  ): Promise<{ role: Role; details?: Readonly<Record<string, string>> } | null>;
};
