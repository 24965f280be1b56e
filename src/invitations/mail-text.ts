import type { Role } from "../access/roles.ts";
import type { MailContent } from "../mail/mail-content.tsx";
import { formatDate } from "../views/date-text.tsx";
import { roleWithArticle } from "../views/role-badge.tsx";

/**
 * @param invitation.inviter a name that is safe in a mail
 * @param invitation.inviterEmail an address that they have proven; null: none
 * @param invitation.organization a name that is safe in a mail
 */
export function writeInvitation(invitation: {
  to: string;
  inviter: string;
  inviterEmail: string | null;
  organization: string;
  role: Role;
  expiresAt: Date;
  url: string;
}): MailContent {
  const { to, inviter, inviterEmail, organization, role, expiresAt, url } = invitation;
  const known = inviterEmail === null ? inviter : `${inviter} (${inviterEmail})`;
  return {
    subject: `${inviter} invites you to ${organization}`,
    paragraphs: [
      `${known} invites you to join ${organization} as ${roleWithArticle(role)}.`,
      `The invitation is for ${to} and expires on ${formatDate(expiresAt)}.`,
    ],
    action: { label: "View the invitation", href: url },
    footnote: `You get this email because ${inviter} entered your address. If you do not know them, ignore it, and nothing happens.`,
  };
}
