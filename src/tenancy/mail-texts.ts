import type { MailContent } from "../mail/mail-content.tsx";
import { productName } from "../runtime/product.ts";
import type { Occasion } from "./mail-about.ts";
import type { Role } from "../access/roles.ts";
import { roleWithArticle } from "../views/role-badge.tsx";

type About = Pick<Occasion, "organization">;

export function writeWelcome({ organization }: About, role: Role): MailContent {
  const { name } = organization;
  return {
    subject: `You have joined ${name}`,
    paragraphs: [`You have joined ${name} as ${roleWithArticle(role)}.`],
    action: open(organization),
    footnote: `You get this email because your account at ${productName} has joined an organization. You can leave it on its page of members.`,
  };
}

/** @param member.email an address that they have proven */
export function writeJoined(
  { organization }: About,
  member: { name: string; email?: string | undefined; role: Role },
): MailContent {
  const { name } = organization;
  const known = member.email === undefined ? member.name : `${member.name} (${member.email})`;
  return {
    subject: `${member.name} has joined ${name}`,
    paragraphs: [`${known} has joined ${name} as ${roleWithArticle(member.role)}.`],
    action: viewMembers(organization),
    footnote: "You get this email because you let them in.",
  };
}

export function writeRemoved({ organization: { name } }: About): MailContent {
  return {
    subject: `You are no longer a member of ${name}`,
    paragraphs: [
      `You were removed from ${name} and can no longer open it. What you made there stays.`,
      "If you think that this is a mistake, ask one of its admins.",
    ],
    footnote: `You get this email because you were a member of ${name} at ${productName}.`,
  };
}

export function writeRoleChanged(
  { organization }: About,
  { from, role }: { from: Role; role: Role },
): MailContent {
  const { name } = organization;
  return {
    subject:
      from === "owner"
        ? `You are no longer an owner of ${name}`
        : `You are now ${roleWithArticle(role)} of ${name}`,
    paragraphs: [`Your role in ${name} has changed from ${from} to ${role}.`],
    action: open(organization),
    footnote: `You get this email because someone else changed your role in ${name} at ${productName}.`,
  };
}

/** For the owner who made another member an owner, or ended that. */
export function writeOwnerChanged(
  { organization, role: own }: About & Pick<Occasion, "role">,
  member: { name: string; role: Role },
): MailContent {
  const { name } = organization;
  const said = `${member.name} is ${member.role === "owner" ? "now" : "no longer"} an owner of ${name}`;
  return {
    subject: said,
    paragraphs: [
      `${said}.`,
      ...(own !== null && own !== "owner" ? [`You are now ${roleWithArticle(own)} there.`] : []),
    ],
    action: viewMembers(organization),
    footnote:
      "You get this email because it was done with your account. If it was not you, tell the other owners, and sign out everywhere on the page of your account.",
  };
}

function open({ name, url }: Occasion["organization"]) {
  return { label: `Open ${name}`, href: url };
}

function viewMembers({ url }: Occasion["organization"]) {
  return { label: "View members", href: `${url}/members` };
}
