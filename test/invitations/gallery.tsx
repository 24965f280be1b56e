import type { VNode } from "preact";

import { InvitationPage } from "../../src/invitations/guest-view.tsx";
import type { Invitation } from "../../src/invitations/invitation.ts";
import { InvitationsPage } from "../../src/invitations/views.tsx";
import type { Role } from "../../src/access/roles.ts";
import { evilActor } from "../views/evil-actor.ts";
import { evil, organization } from "../views/evil.ts";
import { ada, createdAt, longName, owner, show, showSection } from "../views/samples.tsx";

const invitation: Invitation & { presentRole: Role } = {
  organizationId: "acme",
  id: "invitation-1",
  kind: "email",
  status: "pending",
  role: "member",
  presentRole: "member",
  email: "grace@acme.example",
  handle: null,
  maxUses: null,
  uses: 0,
  allowedDomains: [],
  expiresAt: createdAt,
  grantedAt: createdAt,
  inviter: { id: "member-0", name: "Ada Okafor", email: null },
  mailSentAt: null,
  mailFault: null,
  isMailed: true,
};
const link: typeof invitation = {
  ...invitation,
  id: "invitation-3",
  kind: "link",
  email: null,
  maxUses: 20,
  uses: 3,
  allowedDomains: ["acme.example", "kiln.example"],
  inviter: null,
};
const token = "aQ7xT2cM0b9kW4yR8nV1uE6hJ3sL5dF-gZ_pXoCiBtA";
const opened = {
  organization: { name: longName, slug: "acme" },
  ownRole: null,
  hasAsked: false,
  token,
  hasHuggingFace: true,
};
const blank = { values: {}, errors: {} };

/** The pages of the feature, as people may see them. */
export const invitationGallery: Readonly<Record<string, VNode>> = {
  invitations: showSection(
    "Invitations",
    <InvitationsPage
      here="/o/acme/invitations"
      actor={owner}
      invitations={[
        invitation,
        {
          ...invitation,
          id: "invitation-2",
          kind: "hugging_face",
          email: null,
          handle: "a-rather-long-name-".repeat(5),
          presentRole: null,
          inviter: { id: "member-2", name: longName, email: null },
        },
        link,
        { ...invitation, id: "invitation-7", isMailed: false },
        { ...invitation, id: "invitation-4", status: "expired", mailSentAt: createdAt },
        { ...invitation, id: "invitation-5", mailFault: "refused" },
        { ...invitation, id: "invitation-6", mailFault: "unsent" },
      ]}
      next="/o/acme/invitations?after=invitation-4"
      receipt={{
        title: "2 people invited",
        links: [
          {
            label: "grace@acme.example",
            note: "We are emailing this invitation.",
            href: `https://product.example/invitations/${token}`,
          },
          {
            label: `@${"a-rather-long-name-".repeat(5)}`,
            note: "Send this link yourself.",
            href: `https://product.example/invitations/${token}-`,
          },
        ],
        others: ["ada@acme.example is already a member."],
      }}
      problem={undefined}
      inviteForm={{
        values: { recipients: "ada@example.com, grace", role: "admin", days: "30" },
        errors: {
          recipients: [
            "grace is not an email address or a Hugging Face username such as @ada.",
            `${"W".repeat(100)}… is not an email address or a Hugging Face username such as @ada.`,
          ],
          role: ["Please choose."],
        },
      }}
      linkForm={{
        values: { maxUses: "0", domains: "acme" },
        errors: {
          maxUses: ["Please use a number."],
          domains: ["acme is not a domain such as example.com."],
        },
      }}
    />,
  ),
  "invitations-none": showSection(
    "Invitations",
    <InvitationsPage
      here="/o/acme/invitations"
      actor={{ ...owner, role: "admin" }}
      invitations={[]}
      next={undefined}
      receipt={null}
      problem="An invitation to this address was mailed less than 10 minutes ago."
      inviteForm={blank}
      linkForm={blank}
    />,
  ),
  "invitation-signed-out": show(
    <InvitationPage {...opened} invitation={link} actor={null} eligibility={null} />,
    { title: "Join", viewer: null },
  ),
  "invitation-fits": show(
    <InvitationPage
      {...opened}
      invitation={invitation}
      actor={owner}
      eligibility="eligible"
      ownRole="viewer"
    />,
    { title: "Join", viewer: ada },
  ),
  "invitation-other-account": show(
    <InvitationPage
      {...opened}
      invitation={invitation}
      actor={owner}
      eligibility="other_account"
    />,
    { title: "Join", viewer: ada },
  ),
  "invitation-asked": show(
    <InvitationPage
      {...opened}
      invitation={invitation}
      actor={owner}
      eligibility="unverified"
      hasAsked
    />,
    { title: "Join", viewer: ada },
  ),
};

const evilInvitation: typeof invitation = {
  ...link,
  organizationId: evil,
  id: evil,
  email: evil,
  handle: evil,
  allowedDomains: [evil],
  inviter: { id: evil, name: evil, email: null },
};
const evilForm = {
  values: { recipients: evil, role: evil, days: evil, maxUses: evil, domains: evil },
  errors: { recipients: [evil], role: [evil], domains: [evil], other: [evil] },
};
const evilOpened = {
  organization,
  invitation: evilInvitation,
  actor: evilActor,
  token: evil,
  ownRole: "viewer",
  hasHuggingFace: true,
} as const;

/** The same pages with markup in every text. */
export const evilInvitations = {
  InvitationsPage: (
    <InvitationsPage
      here="/o/acme/invitations"
      actor={evilActor}
      invitations={[evilInvitation, { ...evilInvitation, email: null }]}
      next={evil}
      receipt={{
        title: evil,
        links: [{ label: evil, note: evil, href: evil }],
        others: [evil],
      }}
      problem={evil}
      inviteForm={evilForm}
      linkForm={evilForm}
    />
  ),
  InvitationPage: (
    <>
      <InvitationPage {...evilOpened} eligibility="eligible" hasAsked={false} />
      <InvitationPage {...evilOpened} ownRole={null} eligibility="unverified" hasAsked />
      <InvitationPage
        {...evilOpened}
        invitation={{ ...evilInvitation, email: null, handle: null }}
        actor={null}
        eligibility={null}
        hasAsked={false}
      />
    </>
  ),
};
