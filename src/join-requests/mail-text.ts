import type { Role } from "../access/roles.ts";
import type { Person } from "../identity/person.ts";
import type { MailContent } from "../mail/mail-content.tsx";
import { nameInMail, personInMail } from "../mail/name-in-mail.ts";
import type { Occasion } from "../tenancy/mail-about.ts";
import { roleWithArticle } from "../views/role-badge.tsx";

/** @param role of the reader */
export function writeRequest(
  { organization }: Pick<Occasion, "organization">,
  role: Role,
  { provenEmails, huggingFace, ...asker }: Pick<Person, "name" | "provenEmails" | "huggingFace">,
): MailContent {
  const name = personInMail(asker.name, "Someone");
  const handle = huggingFace?.handle;
  const known = [
    ...provenEmails.slice(0, 1),
    ...(handle ? [`@${nameInMail(handle)} at Hugging Face`] : []),
  ];
  return {
    subject: `${name} asks to join ${organization.name}`,
    paragraphs: [
      `${name}${known.length > 0 ? ` (${known.join(", ")})` : ""} asks to join ${organization.name}.`,
      "They can see nothing of it until you or another admin decides.",
    ],
    action: { label: "Review the request", href: `${organization.url}/join-requests` },
    footnote: `You get this email because you are ${roleWithArticle(role)} of ${organization.name} and can decide about it.`,
  };
}
