import { isName } from "../identity/display-name.ts";
import type { Person } from "../identity/person.ts";
import type { MailContent } from "../mail/mail-content.tsx";
import { personInMail } from "../mail/name-in-mail.ts";
import { productName } from "../runtime/product.ts";
import type { Occasion } from "./mail-about.ts";
import type { Role } from "../access/roles.ts";
import { roleWithArticle } from "../views/role-badge.tsx";

export function writeWelcome({ organization }: Occasion, role: Role): MailContent {
  const { name } = organization;
  return {
    subject: `You are now a member of ${name}`,
    paragraphs: [`You are now a member of ${name}. Your role is ${role}.`],
    action: open(organization),
    footnote: `You received this email because your account at ${productName} joined an organization. You can leave it on its Members page.`,
  };
}

export function writeJoined(
  { organization }: Occasion,
  member: Pick<Person, "name" | "provenEmails"> & { role: Role },
): MailContent {
  const name = personInMail(member.name, "A new member");
  const [first = name, email] = [
    ...(isName(member.name) ? [name] : []),
    ...member.provenEmails.slice(0, 1),
  ];
  const known = email === undefined ? first : `${first} (${email})`;
  return {
    subject: `${name} joined ${organization.name}`,
    paragraphs: [`${known} joined ${organization.name} as ${roleWithArticle(member.role)}.`],
    action: { label: "See members", href: `${organization.url}/members` },
    footnote: "You received this email because you let them in.",
  };
}

export function writeRemoved({ organization: { name } }: Occasion): MailContent {
  return {
    subject: `You are no longer a member of ${name}`,
    paragraphs: [
      `You were removed from ${name} and can no longer open it. What you created there stays.`,
      "If you think this is a mistake, contact one of its admins.",
    ],
    footnote: `You received this email because you were a member of ${name} at ${productName}.`,
  };
}

export function writeRoleChanged(
  { organization }: Occasion,
  { from, role }: { from: Role; role: Role },
): MailContent {
  const { name } = organization;
  const ofOwner =
    role === "owner" ? `You are now an owner of ${name}` : `You are no longer an owner of ${name}`;
  const isOfOwner = from === "owner" || role === "owner";
  return {
    subject: isOfOwner ? ofOwner : `You are now ${roleWithArticle(role)} in ${name}`,
    paragraphs: [`Your role in ${name} changed from ${from} to ${role}.`],
    action: open(organization),
    footnote: `You received this email because you are a member of ${name} at ${productName}, and someone else changed your role.`,
  };
}

/** For the owner who made another member an owner, or ended that. */
export function writeOwnerChanged(
  { organization, role: own }: Occasion,
  member: { name: string; role: Role },
): MailContent {
  const { name } = organization;
  const is = member.role === "owner" ? "is now an owner" : "is no longer an owner";
  const said = `${personInMail(member.name, "Another member")} ${is} of ${name}`;
  return {
    subject: said,
    paragraphs: [
      `${said}.`,
      ...(own !== null && own !== "owner" ? [`You are now ${roleWithArticle(own)} there.`] : []),
    ],
    action: { label: "See members", href: `${organization.url}/members` },
    footnote:
      "You received this email because your account was used for this change. If it was not you, tell the other owners, and sign out everywhere on your account page.",
  };
}

function open({ name, url }: Occasion["organization"]) {
  return { label: `Open ${name}`, href: url };
}
