import { readHistory } from "../tenancy/admission.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { findEntitlement, linkMembership, origin } from "./joining.ts";

/** Requests of people who work in a connected organization at Hugging Face. */
export const huggingFaceOrigin: JoinOrigin = {
  name: origin,
  async describe(tx, { organizationId, originId }) {
    const connection = await tx.huggingFaceConnection.findUnique({
      where: { organizationId_subject: { organizationId, subject: originId } },
      select: { name: true, handle: true },
    });
    if (!connection) return "worked in a Hugging Face organization that is connected no longer";
    return `works in ${connection.name} (@${connection.handle}) at Hugging Face`;
  },
  async grant(tx, { organizationId, userId, originId }) {
    const key = { organizationId, userId };
    const entitlement = await findEntitlement(tx, key, originId);
    if (!entitlement) return null;
    // A person who became a member in another way since then keeps that membership unlinked.
    if (!(await readHistory(tx, key)).isMember) await linkMembership(tx, key, entitlement);
    return { role: entitlement.role, details: { organization: entitlement.handle } };
  },
};
