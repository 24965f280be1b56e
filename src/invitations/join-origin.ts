import { type Person, readPerson } from "../identity/person.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { markUsed, origin, withoutOwner } from "./acceptance.ts";
import { isOpen, nameRecipient, readInvitation } from "./invitation.ts";

/** Requests of people who were invited under another account. The approval of such a request uses up the invitation. */
export const invitationOrigin: JoinOrigin = {
  name: origin,
  async describe(tx, { organizationId, originId: id }) {
    const invitation = await readInvitation(tx, { organizationId, id });
    if (!isOpen(invitation)) return null;
    return `asks to use the invitation for ${nameRecipient(invitation) ?? "anybody"} with this account`;
  },
  async grant(tx, { organizationId, userId, originId: id }) {
    const invitation = await readInvitation(tx, { organizationId, id });
    const person = await readPerson(tx, userId);
    if (!isOpen(invitation) || !person) return null;
    await markUsed(tx, invitation, userId);
    const details = { invited: nameRecipient(invitation) ?? "", account: describeAccount(person) };
    return { role: withoutOwner(invitation.presentRole), details };
  },
};

function describeAccount({ name, provenEmails, huggingFace }: Person): string {
  const proofs = [
    ...provenEmails,
    huggingFace && `@${huggingFace.handle ?? huggingFace.subject} at Hugging Face`,
  ];
  return [name, ...proofs.filter(Boolean)].join(", ");
}
