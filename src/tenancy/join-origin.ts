import type { Role } from "../access/roles.ts";
import type { Transaction } from "../database/database.ts";

/** Who asks to join which organization, as what, and what lets them ask. */
export type JoinRequest = {
  organizationId: string;
  userId: string;
  /** What they were promised; what they get is decided with the request. */
  role: Role;
  /** The name of a {@link JoinOrigin}. */
  origin: string;
  /** Which one of its kind, such as the invitation's id or the domain. */
  originId: string;
};

/**
 * Something that lets people ask to join, such as an invitation. Each feature that has one declares its own. The
 * functions run inside the organization's scope, in the transaction of the decision.
 */
export type JoinOrigin = {
  /** As it stands in the table and in the audit log: `invitation`, `email_domain`, `hugging_face`. */
  name: string;
  /**
   * For whoever decides, after the person's name: "asks to use the invitation for ada@example.com".
   *
   * @returns null where it does not hold any more: then `grant` would say so as well
   */
  describe(tx: Transaction, request: JoinRequest): Promise<string | null>;
  /**
   * Whether it still holds, looked up again and kept so; then it takes note of the approval.
   *
   * @returns what the person gets, and more for the audit log; null where it does not hold any more
   */
  grant(
    tx: Transaction,
    request: JoinRequest,
  ): Promise<{ role: Role; details?: Readonly<Record<string, string>> } | null>;
};
