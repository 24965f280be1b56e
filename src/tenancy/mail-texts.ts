import type { MailContent } from "../mail/mail-content.tsx";
import { productName } from "../runtime/product.ts";
import type { Occasion } from "./mail-about.ts";
import type { Role } from "../access/roles.ts";

export function writeWelcome({ organization }: Occasion, role: Role): MailContent {
  const { name } = organization;
  return {
    subject: `You are a member of ${name} now`,
    paragraphs: [`You are a member of ${name} now. Your role there is ${role}.`],
    action: open(organization),
    footnote: `You get this because your account at ${productName} has joined an organization. You can leave it on its page of members.`,
  };
}

export function writeJoined(
  { organization }: Occasion,
  member: { name: string; role: Role },
): MailContent {
  return {
    subject: `${member.name} joined ${organization.name}`,
    paragraphs: [
      `${member.name} is a member of ${organization.name} now. Their role there is ${member.role}.`,
    ],
    action: { label: "See its members", href: `${organization.url}/members` },
    footnote: "You get this because you let them in.",
  };
}

export function writeRemoved({ organization: { name } }: Occasion): MailContent {
  return {
    subject: `You are no longer a member of ${name}`,
    paragraphs: [
      `You were removed from ${name}, and cannot open it any more. What you made there stays.`,
      "If you think that this is a mistake, ask one of its admins.",
    ],
    footnote: `You get this because you were a member of ${name} at ${productName}.`,
  };
}

export function writeRoleChanged(
  { organization }: Occasion,
  { from, role }: { from: Role; role: Role },
): MailContent {
  const { name } = organization;
  const ofOwner =
    role === "owner" ? `You are an owner of ${name} now` : `You are no longer an owner of ${name}`;
  const isOfOwner = from === "owner" || role === "owner";
  return {
    subject: isOfOwner ? ofOwner : `Your role in ${name} is ${role} now`,
    paragraphs: [`Your role in ${name} was ${from}, and is ${role} now.`],
    action: open(organization),
    footnote: `You get this because you are a member of ${name} at ${productName}, and someone else changed your role.`,
  };
}

/** For the owner who made another member an owner, or ended that. */
export function writeOwnerChanged(
  { organization, role: own }: Occasion,
  member: { name: string; role: Role },
): MailContent {
  const { name } = organization;
  const isOwner = member.role === "owner";
  const said = `${member.name} is ${isOwner ? "an owner" : "no longer an owner"} of ${name}${isOwner ? " now" : ""}`;
  return {
    subject: said,
    paragraphs: [
      `${said}.`,
      ...(own !== null && own !== "owner" ? [`Your own role there is ${own} now.`] : []),
    ],
    action: { label: "See its members", href: `${organization.url}/members` },
    footnote:
      "You get this because it was done with your account. If it was not you, tell the other owners, and sign out everywhere on the page of your account.",
  };
}

function open({ name, url }: Occasion["organization"]) {
  return { label: `Open ${name}`, href: url };
}
