import type { Role } from "../access/roles.ts";
import type { Transaction } from "../database/database.ts";

/** A person asks to join an organization. */
export type JoinRequest = {
  organizationId: string;
  userId: string;
  /** The role that the person was promised. The decision may give another one. */
  role: Role;
  /** The name of a {@link JoinOrigin}. */
  origin: string;
  /** Names one of its kind, such as the id of the invitation, or the domain. */
  originId: string;
};

/**
 * Something that lets people ask to join, such as an invitation. Each feature that has one declares its own. The
 * functions run inside the organization's scope, in the transaction of the decision.
 */
export type JoinOrigin = {
  /** Its name in the table and in the audit log: `invitation`, `email_domain`, `hugging_face`. */
  name: string;
  /**
   * Says, after the person's name, why they ask: "asks to use the invitation for ada@example.com".
   *
   * @returns null where it does not hold any more: then `grant` returns null as well
   */
  describe(tx: Transaction, request: JoinRequest): Promise<string | null>;
  /**
   * Checks again whether it holds, locks it, and notes the approval.
   *
   * @returns the role that the person gets, and details for the audit log; null where it does not hold any more
   */
  grant(
    tx: Transaction,
    request: JoinRequest,
  ): Promise<{ role: Role; details?: Readonly<Record<string, string>> } | null>;
};
